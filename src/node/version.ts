/** The version of the node's kubelet: from its file where that tells, for those who only look, else from its own mouth. */
import type { Host } from '../host/host.ts';
import { versionInProgram } from './version-in-program.ts';

/** Without the `v`; undefined where the program is missing or says something else. */
export async function kubeletVersion(host: Host, binary: string): Promise<string | undefined> {
  const written = await versionInProgram(host.files, binary).catch(() => undefined);
  return written?.slice(1) ?? (await askVersion(host, binary));
}

/** `kubelet --version` prints "Kubernetes v1.37.2". Costs 50-100 ms, and is what a plan stands on. */
export async function askVersion(host: Host, binary: string): Promise<string | undefined> {
  const { stdout } = await host.run([binary, '--version'], { timeout: 10_000 });
  return /v(\d+\.\d+\.\d+\S*)/.exec(stdout)?.[1];
}
