/** Cases on pretend nodes, each on one of its own, several at a time. */
import { startNode } from '../sandbox/node.ts';
import type { Case } from './case.ts';
import { type Result, runCase } from './run-case.ts';
import { pretendNode } from './sandbox-node.ts';

export interface Healthy {
  looked: number;
  /** What doctor said of a healthy node, where it said something. */
  alarms: string[];
}

/** Ten times as fast as a real node: what crashes, drains and backs off does so in seconds. */
const SPEED = 10;
const AT_ONCE = 2;

export async function onSandbox(cases: readonly Case[], done: (result: Result) => void): Promise<Healthy> {
  const left = [...cases];
  const work = async (): Promise<void> => {
    for (let subject = left.shift(); subject !== undefined; subject = left.shift()) done(await caseOnSandbox(subject));
  };
  const healthy = await lookHealthy();
  await Promise.all(Array.from({ length: AT_ONCE }, work));
  return healthy;
}

export async function caseOnSandbox(subject: Case): Promise<Result> {
  const node = await startNode({ speed: SPEED });
  try {
    return await runCase(subject, pretendNode(node, SPEED));
  } finally {
    await node.down();
  }
}

export async function lookHealthy(): Promise<Healthy> {
  const node = await startNode({ speed: SPEED });
  await pretendNode(node, SPEED).ready(60);
  const { code, stdout, stderr } = await node.kcfg(['doctor']);
  await node.down();
  return { looked: 1, alarms: code === 0 ? [] : [`${stdout}${stderr}`] };
}
