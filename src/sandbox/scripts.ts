/**
 * The programs of a pretend node: systemctl, systemd-run, journalctl, logger, kubelet. One short script that asks the
 * daemon and says what it answers; plain CommonJS without dependencies, because it starts a dozen times per change.
 */

/** Names below bin/; the kubelet is the same script at /usr/bin/kubelet of the tree. */
export const PROGRAMS = ['systemctl', 'systemd-run', 'journalctl', 'logger'] as const;

/** Of the containers of a control plane: asked for their flags, they answer. */
export const CONTROL_PLANE_PROGRAMS = ['etcd', 'kube-apiserver', 'kube-controller-manager', 'kube-scheduler'] as const;

/** What a program is asked to do, as one line of JSON. */
export interface ProgramRequest {
  op: 'program';
  node: string;
  program: string;
  args: string[];
  cwd: string;
  pid: number;
  input?: string;
}
export interface ProgramAnswer {
  exit: number;
  stdout: string;
  stderr: string;
}

export function programScript(nodeBinary: string, socket: string, node: string): string {
  return `#!${nodeBinary}
'use strict';
const program = require('node:path').basename(process.argv[1]);
const request = { op: 'program', node: ${JSON.stringify(node)}, program, args: process.argv.slice(2), cwd: process.cwd(), pid: process.pid };
if (program === 'logger') request.input = require('node:fs').readFileSync(0, 'utf8');
let answer = '';
require('node:net')
  .connect(${JSON.stringify(socket)})
  .on('connect', function () { this.end(JSON.stringify(request) + '\\n'); })
  .setEncoding('utf8')
  .on('data', (text) => { answer += text; })
  .on('error', () => {
    process.stderr.write('Failed to connect to bus: No such file or directory\\n');
    process.exitCode = 1;
  })
  .on('end', () => {
    if (answer === '') { process.exitCode = 1; return; }
    const { exit, stdout, stderr } = JSON.parse(answer);
    process.stdout.write(stdout);
    process.stderr.write(stderr);
    process.exitCode = exit;
  });
`;
}
