/**
 * The version of the node's kubelet, as its program says it. Asking costs 50-100 ms, more than all the rest of
 * `kcfg get`: so the answer is kept in /run/kcfg, which root alone can write, under the identity of the file.
 */
import type { Host } from '../host/host.ts';

const KEPT = '/run/kcfg/kubelet-version';

/** Without the `v`; undefined where the program is missing or says something else. */
export async function kubeletVersion(host: Host, binary: string): Promise<string | undefined> {
  const info = await host.files.target(binary).catch(() => undefined);
  const identity = info === undefined ? '' : [binary, info.dev, info.ino, info.size, info.mtimeNs, info.ctimeNs].join(' ');
  const [known, version] = ((await host.files.read(KEPT).catch(() => undefined))?.toString('utf8') ?? '').split('\n');
  if (identity !== '' && known === identity && version !== undefined && version !== '') return version;
  const asked = await askVersion(host, binary);
  if (asked !== undefined && identity !== '' && host.live) await keep(host, `${identity}\n${asked}\n`);
  return asked;
}

/** `kubelet --version` prints "Kubernetes v1.37.2". */
export async function askVersion(host: Host, binary: string): Promise<string | undefined> {
  const { stdout } = await host.run([binary, '--version'], { timeout: 10_000 });
  return /v(\d+\.\d+\.\d+\S*)/.exec(stdout)?.[1];
}

/** Best effort: a user without rights asks again each time. */
async function keep(host: Host, text: string): Promise<void> {
  const own = { uid: host.user.uid, gid: -1 };
  try {
    await host.files.mkdir('/run/kcfg', { mode: 0o700, ...own });
    await host.files.write(KEPT, text, { mode: 0o600, ...own });
  } catch {
    // a tree that cannot be written, a /run that is full
  }
}
