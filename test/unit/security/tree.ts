/** A tree with a configuration and two manifests, and a change on it that can be stopped behind any step. */
import { mkdirSync, mkdtempSync, realpathSync, rmSync, utimesSync, writeFileSync, chmodSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after } from 'node:test';
import type { Host } from '../../../src/host/host.ts';
import { openHost } from '../../../src/host/machine.ts';
import { applyEdits } from '../../../src/kubelet/edits.ts';
import { sha256 } from '../../../src/node/directory.ts';
import type { Plan } from '../../../src/plan/plan.ts';
import type { Edit, Step, StepKind, StepOf } from '../../../src/plan/step.ts';
import { EXECUTORS } from '../../../src/transaction/execute.ts';
import { openJournal } from '../../../src/transaction/journal.ts';
import { saveFiles } from '../../../src/transaction/saved.ts';
import { createFolder, type Folder } from '../../../src/transaction/store.ts';
import { writeUndoScript } from '../../../src/transaction/undo-script.ts';

export const [CONFIG, OLD, NEW] = ['/var/lib/kubelet/config.yaml', '/etc/kubernetes/manifests', '/etc/kubernetes/static'];
const CONTENT = `staticPodPath: ${OLD}\nmaxPods: 110\n`;
const MANIFESTS = { 'a.yaml': 'kind: Pod # a\n', "it's b.yaml": 'kind: Pod # b\n' };

export interface NodeTree {
  root: string;
  host: Host;
  at(path: string): string;
}

export async function makeNodeTree(): Promise<NodeTree> {
  const root = realpathSync(mkdtempSync(join(tmpdir(), 'kcfg-security-')));
  after(() => rmSync(root, { recursive: true, force: true }));
  const at = (path: string): string => join(root, path);
  for (const path of ['/var/lib/kubelet', OLD, '/etc/systemd/system', '/run']) mkdirSync(at(path), { recursive: true });
  const put = (path: string, text: string, mode: number, seconds: number): void => {
    writeFileSync(at(path), text);
    chmodSync(at(path), mode);
    utimesSync(at(path), seconds, seconds + 0.25);
  };
  put(CONFIG, CONTENT, 0o644, 1_700_000_000);
  for (const [name, text] of Object.entries(MANIFESTS)) put(`${OLD}/${name}`, text, 0o600, 1_600_000_000);
  chmodSync(at(OLD), 0o750);
  utimesSync(at(OLD), 1_500_000_000, 1_500_000_000);
  return { root, at, host: await openHost({ root }) };
}

/** A move, as makePlan would have it: `more` are steps behind the others. */
export async function planMove({ host }: NodeTree, more: Step[] = []): Promise<Plan> {
  const read = async (path: string): Promise<Buffer> => (await host.files.read(path)) ?? Buffer.alloc(0);
  const edit: Edit = { offset: CONTENT.indexOf(OLD), remove: OLD.length, insert: NEW };
  const files = await Promise.all(
    Object.keys(MANIFESTS).map(async (name) => {
      const from = `${OLD}/${name}`;
      const [bytes, info] = [await read(from), await host.files.info(from)];
      const edits: Edit[] = [{ offset: 0, remove: 0, insert: '# pinned\n' }];
      const { mode = 0, uid = 0, gid = 0, mtimeNs = '0' } = info ?? {};
      return { name, from, sha256: sha256(bytes), edits, result: sha256(applyEdits(bytes, edits)), mode, uid, gid, mtimeNs };
    }),
  );
  const bytes = await read(CONFIG);
  const steps: Step[] = [
    { kind: 'make-directory', path: NEW, create: { mode: 0o750, uid: 0, gid: 0 }, files },
    { kind: 'edit-config', path: CONFIG, sha256: sha256(bytes), edits: [edit], result: sha256(applyEdits(bytes, [edit])), field: 'staticPodPath', line: 1 },
    { kind: 'verify' },
    { kind: 'link-directory', path: OLD, target: NEW, entries: files.map(({ name, sha256 }) => ({ name, sha256 })) },
    ...more,
    { kind: 'disarm' },
  ];
  return {
    ...{ format: 1, id: '1', kcfg: '0.0.0', madeAt: '2026-11-23T09:14:00.000Z', node: 'cp1', verb: 'set', field: 'staticPodPath', from: OLD, to: NEW },
    ...{ strategy: 'none', births: [], steps, changes: [], disturbs: { kubeletRestart: false, kept: [], recreated: [], pinned: [] } },
    ground: { unit: 'kubelet.service', files: {}, directories: {} },
    expect: { staticPodPath: NEW, pods: [] },
  };
}

/** Begins the change, and stops behind `steps` of its steps: as if it was killed there. */
export async function begin({ host }: NodeTree, plan: Plan, steps: number): Promise<Folder> {
  const folder = await createFolder(host, plan, { who: 'root', startedAt: plan.madeAt });
  await saveFiles(host, folder, plan);
  await writeUndoScript(host, folder, plan);
  const journal = await openJournal(host, folder);
  await journal.append({ type: 'begin', version: 1, plan: sha256(Buffer.from(JSON.stringify(plan))) });
  const context = { host, plan, folder, verify: async () => {}, beforeRestart: async () => {} };
  const doStep = <K extends StepKind>(step: StepOf<K>): Promise<void> => EXECUTORS[step.kind as K].do(context, step);
  for (const [index, step] of plan.steps.slice(0, steps).entries()) {
    await journal.append({ type: 'intent', step: index });
    await doStep(step);
    await journal.append({ type: 'done', step: index });
  }
  return folder;
}
