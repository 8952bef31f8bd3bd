/** The kubelet's own reading of manifests (kubelet/main.go), built once and asked line by line. */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { createInterface } from 'node:readline';

export interface Probe {
  scheme: string;
  host: string;
  /** 0: a name that no port of the container has. */
  port: number;
  path: string;
}
export interface Parsed {
  error?: string;
  namespace?: string;
  /** Name of the class, and the number beside it. */
  priority?: string;
  number?: number;
  image?: string;
  command?: string[];
  mounts?: [host: string, type: string, path: string][];
  hostNetwork?: boolean;
  probes?: Probe[];
  /** Of requests: thousandths of a CPU, bytes. */
  cpu?: number;
  memory?: number;
}
export interface Parser {
  parse(bytes: Buffer): Promise<Parsed>;
  close(): void;
}

export function startParser(program: string): Parser {
  const { status, stderr } = spawnSync('go', ['build', '-trimpath', '-o', program, '.'], { cwd: `${import.meta.dirname}/kubelet`, env: { ...process.env, CGO_ENABLED: '0' }, encoding: 'utf8' });
  if (status !== 0) throw new Error(stderr);
  const child: ChildProcess = spawn(program, [], { stdio: ['pipe', 'pipe', 'inherit'] });
  const waiting: ((line: string) => void)[] = [];
  if (child.stdout === null || child.stdin === null) throw new Error('no pipes');
  const { stdin } = child;
  createInterface({ input: child.stdout }).on('line', (line) => waiting.shift()?.(line));
  return {
    parse: (bytes) => new Promise((resolve) => {
      waiting.push((line) => resolve(JSON.parse(line) as Parsed));
      stdin.write(`${bytes.toString('base64')}\n`);
    }),
    close: () => void stdin.end(),
  };
}
