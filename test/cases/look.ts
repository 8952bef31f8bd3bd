/**
 * What a real node shows of a case, without kcfg: `node --import tsx test/cases/look.ts B001 B002`. For writing cases.
 * Uses the lab KCFG_LAB_NAME with a node cp1 and its snapshot `healthy`, and leaves them.
 */
import { execFileSync } from 'node:child_process';
import { openLab } from '../lab/node.ts';
import { CASES } from './book.ts';
import { labNode } from './lab-node.ts';
import { doStep, lookBefore, settle } from './steps.ts';

const named = process.argv.slice(2);
const wanted = named.length > 0 ? named : CASES.map(({ id }) => id);
const cp = (await openLab({ keep: true })).left('cp1');
for (const id of wanted) {
  const subject = CASES.find((one) => one.id === id);
  if (subject === undefined) throw new Error(`no case ${id}`);
  await cp.restore('healthy');
  const node = labNode(cp, (await cp.containers()).find(({ name }) => name === 'kube-apiserver')?.pid);
  const before = await lookBefore(node);
  const began = Date.now();
  const out = (text: string): void => void process.stdout.write(`${text}\n`);
  try {
    for (const step of subject.break) await doStep(node, step, before);
    await settle(node, subject.settle, before);
    out(`== ${id} ${subject.name}: shows after ${((Date.now() - began) / 1000).toFixed(0)} s`);
  } catch (error) {
    out(`== ${id} ${subject.name}: NOT SHOWN after ${((Date.now() - began) / 1000).toFixed(0)} s: ${(error as Error).message}`);
  }
  out(JSON.stringify(await node.up()));
  const since = String(Math.ceil((Date.now() - began) / 1000) + 1);
  const { stdout } = await cp.run(['journalctl', '-u', 'kubelet', '-u', 'containerd', '-o', 'cat', '--since', `-${since}s`]);
  const lines = stdout.split('\n').filter((line) => /^E|"command failed"|Could not process|level=(error|fatal)|panic|Failed|failed/.test(line));
  out([...new Set(lines.map((line) => line.replace(/^\w\d{4} \S+ +\d+ /, '').slice(0, 330)))].slice(-6).join('\n'));
  for (const component of ['etcd', 'kube-apiserver', 'kube-controller-manager', 'kube-scheduler']) {
    const { pod, count } = await node.attempts(component);
    if (pod === before[component]?.pod && count === before[component]?.count) continue;
    const log = execFileSync('sh', ['-c', `ls ${cp.file('/var/log/pods')}/${pod}/${component}/*.log | sort -V | tail -n 2 | xargs -r -n1 tail -qn 2 2>/dev/null`]).toString();
    out(`-- ${component} started ${count} times\n${log.slice(-900)}`);
  }
}
