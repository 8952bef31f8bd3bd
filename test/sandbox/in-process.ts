/** kcfg in the process of the test, for commands that only read: a hundred of them in the time of three processes. */
import { runProgram } from '../../src/cli/program.ts';
import { openHost } from '../../src/host/machine.ts';
import type { Run, SandboxNode } from './node.ts';

export async function readHere({ env }: Pick<SandboxNode, 'env'>, argv: readonly string[]): Promise<Run> {
  const text = { stdout: '', stderr: '' };
  const stream = (name: 'stdout' | 'stderr') => ({ write: (words: string) => void (text[name] += words), isTTY: false, columns: 80 });
  const code = await runProgram({
    argv,
    env,
    stdin: {
      isTTY: false,
      asking: () => {
        throw new Error('a question');
      },
    },
    stdout: stream('stdout'),
    stderr: stream('stderr'),
    version: '0.0.0',
    openHost,
    onInterrupt: () => () => {},
  });
  return { code, ...text };
}
