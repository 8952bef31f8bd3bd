/** `kcfg unset FIELD...`: back to the default, in every layer that sets it, as a change like any other. */
import type { Context } from '../cli/context.ts';
import type { ExitStatus } from '../errors.ts';
import { look, needRoot } from '../node/observe.ts';
import { refuseBusy } from './busy.ts';
import { changeSettings, settingsTarget } from './settings.ts';
import { unsetWishes } from './wishes.ts';

export async function run(context: Context): Promise<ExitStatus> {
  const { host, request } = context;
  needRoot(host);
  await refuseBusy(context);
  const seen = await look(host);
  return await changeSettings(context, settingsTarget(request, 'unset', unsetWishes(request.words, seen.settings.layered)), seen);
}
