/**
 * What the running kubelet has, where that may be something else than its files: the kubelet reads them when it
 * starts, so it is asked only when one of them changed since.
 */
import type { Host } from '../host/host.ts';
import { configInConfigz, openKubeletApi } from './kubelet-api.ts';
import type { Kubelet } from './observed.ts';
import type { Settings } from './settings.ts';

/** /proc tells a start to about a second; a file written in that second was read or not. */
const DOUBT_SECONDS = 2;

type Asked = Pick<Kubelet, 'healthz' | 'secure' | 'startedAt'>;

/** v1beta1 JSON, from /configz. Undefined: it has what the files say, or it cannot be asked (workers). */
export async function configInForce(host: Host, settings: Settings, kubelet: Asked): Promise<Record<string, unknown> | undefined> {
  if (kubelet.startedAt === undefined || !(await changedSince(host, settings, Date.parse(kubelet.startedAt)))) return undefined;
  const api = await openKubeletApi(host, kubelet);
  return api.allowed ? configInConfigz(await api.get('/configz')) : undefined;
}

/** True when a file or directory of the configuration changed after that time (ms), or may have. */
export async function changedSince(host: Host, { layered, configDir }: Settings, time: number): Promise<boolean> {
  const paths = [layered.config?.file, ...layered.dropIns.map((document) => document.file), configDir, ...layered.flags.map((flag) => flag.file)];
  for (const path of new Set(paths)) {
    const info = path === undefined ? undefined : await host.files.target(path);
    if (info !== undefined && Number(BigInt(info.ctimeNs) / 1_000_000n) > time - DOUBT_SECONDS * 1000) return true;
  }
  return false;
}
