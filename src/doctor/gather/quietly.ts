/** A source that cannot be read is missing, and named: it never ends a diagnosis. */
import { KcfgError } from '../../errors.ts';

/** What the question gives, or undefined; then `missing` says why. */
export async function quietly<T>(missing: Record<string, string>, source: string, ask: () => Promise<T>): Promise<T | undefined> {
  try {
    return await ask();
  } catch (error) {
    if (!(error instanceof KcfgError)) throw error;
    missing[source] = error.message;
    return undefined;
  }
}
