/** Does the steps of a case, and waits until it shows. A step that changes nothing is a defect of the case, and throws. */
import { makeAuthority } from '../../src/sandbox/certificates.ts';
import type { Settle, Step } from './case.ts';
import { type Attempts, type CaseNode, COMPONENTS } from './case-node.ts';
import { reissued, reissuedInside } from './reissue.ts';

/** Of the node's time. */
const LONGEST_S = 120;
const LOOK_S = 1;

/** How often each component was started before the case. */
export type Before = Record<string, Attempts>;

export async function lookBefore(node: CaseNode): Promise<Before> {
  return Object.fromEntries(await Promise.all(COMPONENTS.map(async (name) => [name, await node.attempts(name)] as const)));
}

export async function doStep(node: CaseNode, step: Step, before: Before): Promise<void> {
  if ('edit' in step) return edit(node, step.edit, (text) => text.replace(step.from, step.to));
  if ('write' in step) return node.write(step.write, step.text, step.mode);
  if ('append' in step) return edit(node, step.append, (text) => `${text}${step.text}`);
  if ('remove' in step) return node.remove(step.remove);
  if ('move' in step) return node.move(step.move, step.to);
  if ('copy' in step) return node.write(step.to, wanted(node, step.copy));
  if ('link' in step) return node.link(step.link, step.to);
  if ('chmod' in step) return node.chmod(step.chmod, step.mode);
  if ('kill' in step) return node.kill(step.kill);
  if ('wait' in step) return settle(node, step.wait, before);
  if ('authority' in step) {
    const { cert, key } = makeAuthority({ commonName: 'kubernetes' }, { from: new Date(Date.now() - 86_400_000), until: new Date(Date.now() + 3650 * 86_400_000) });
    node.write(`${step.authority}.crt`, cert);
    return node.write(`${step.authority}.key`, key);
  }
  if ('reissue' in step) {
    const changes = { key: wanted(node, `${step.signer}.key`).toString(), ...(step.until === undefined ? {} : { until: step.until }), ...(step.address === undefined ? {} : { address: step.address }) };
    return edit(node, step.reissue, (text) => (text.includes('client-certificate-data:') ? reissuedInside(text, changes) : reissued(text, changes)));
  }
  const { code, stdout, stderr } = await node.run(step.run);
  if (code !== 0) throw new Error(`${step.run.join(' ')}: ${stdout}${stderr}`);
}

function edit(node: CaseNode, path: string, change: (text: string) => string): void {
  const text = wanted(node, path).toString();
  const changed = change(text);
  if (changed === text) throw new Error(`the step changes nothing in ${path}`);
  node.write(path, changed);
}

function wanted(node: CaseNode, path: string): Buffer {
  const data = node.read(path);
  if (data === undefined) throw new Error(`there is no ${path}`);
  return data;
}

/** Throws when it does not show within two minutes of the node's time, or as many seconds as are given. */
export async function settle(node: CaseNode, until: Settle, before: Before, longest = LONGEST_S): Promise<void> {
  if ('seconds' in until) {
    // each look may end an API server that drains
    for (let waited = 0; waited < until.seconds; waited += 5) {
      await node.up();
      await node.sleep(Math.min(5, until.seconds - waited));
    }
    return;
  }
  // Twice in a row: a service that restarts is away for a moment too.
  let seen = 0;
  for (let waited = 0; waited < longest; waited += LOOK_S) {
    seen = (await shows(node, until, before)) ? seen + 1 : 0;
    if (seen === 2) return;
    await node.sleep(LOOK_S);
  }
  throw new Error(`it does not show within ${longest} s: ${JSON.stringify(until)}, up: ${JSON.stringify(await node.up())}`);
}

async function shows(node: CaseNode, until: Exclude<Settle, { seconds: number }>, before: Before): Promise<boolean> {
  if ('kubelet' in until) return (await node.kubelet()) !== 'active';
  const up = await node.up();
  if ('down' in until) return until.down.every((component) => up[component] === false);
  const { pod, count } = await node.attempts(until.restarts);
  const old = before[until.restarts];
  return up[until.restarts] === false && count >= (old?.pod === pod ? old.count : 0) + 2;
}
