/** Random operations on one pretend node, some of them cut off; after each the node is held against the model. */
import { appendFileSync, existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { readHere } from '../../sandbox/in-process.ts';
import { AWAY, HOME } from './changes.ts';
import { type HookedNode, startHookedNode } from './hooked-node.ts';
import { applied, FIELDS, type Model, newModel, type Wish, writtenBy } from './long-model.ts';
import { createRandom, type Random } from './random.ts';
import { changeIds, differences, isPending, type Memory, planOf, podsUp, remember, settle } from './whole-node.ts';

const CONFIG = '/var/lib/kubelet/config.yaml';
const PIN = /^ +(# Pinned by kcfg|# it as it runs|uid: ).*\n/gm;

export interface LongResult {
  /** What was done, and how often. */
  counts: Record<string, number>;
  /** The first thing that was not as the model has it ends the run. */
  bad?: string;
}

export async function longRun(seed: number, operations: number, until = Number.POSITIVE_INFINITY): Promise<LongResult> {
  const random = createRandom(seed);
  const node = await startHookedNode({ speed: 40 });
  const counts: Record<string, number> = {};
  try {
    const [model, original] = [newModel(), originals(node)];
    let memory = await remember(node);
    for (let index = 0; index < operations && Date.now() < until; index++) {
      const { what, wrong, renewed } = await operate(node, random, model);
      counts[what] = (counts[what] ?? 0) + 1;
      const bad = [...wrong, ...(await unlike(node, model, original, memory, renewed))];
      if (bad.length > 0) return { counts, bad: `seed ${seed}, operation ${index + 1}, ${what}: ${bad.join(' | ')}` };
      memory = await remember(node);
    }
    return { counts };
  } finally {
    await node.down();
  }
}

interface Operation {
  what: string;
  wrong: string[];
  /** Containers may be other ones afterwards. */
  renewed: boolean;
}

async function operate(node: HookedNode, random: Random, model: Model): Promise<Operation> {
  const rest = random.below(20);
  if (rest === 0) {
    await node.reboot();
    return { what: 'reboot', wrong: [...(await settle(node)), ...(await podsUp(node))], renewed: true };
  }
  if (rest <= 2) {
    const note = `# note ${random.below(1_000_000)} of someone else`;
    appendFileSync(join(node.root, CONFIG), `${note}\n`);
    model.notes.push(note);
    return { what: 'foreign edit', wrong: [], renewed: false };
  }
  const { argv, wish, renews } = choose(random, model);
  const how = (['through', 'through', 'through', 'killed', 'refused', 'rebooted'] as const)[random.below(6)] ?? 'through';
  if (how === 'killed') node.arm([{ verb: random.pick(['run', 'run', 'command']), call: 1 + random.below(260), when: random.pick(['before', 'after']) }]);
  if (how === 'refused') await node.fault('kubelet-refuses', refusal(wish, model));
  const running = node.kcfg([...argv, '--yes']);
  if (how === 'rebooted') {
    await Promise.race([running, new Promise((resolve) => setTimeout(resolve, random.below(2500)))]);
    await node.reboot();
  }
  const run = await running;
  await node.fault('kubelet-refuses', null);
  const fired = node.disarm().fired.length > 0;
  const wrong: string[] = [];
  // one that was killed as it began left a change that nobody is at work on
  if (isPending(node) && fired) {
    await settle(node, { pending: true });
    const next = await node.kcfg(['set', 'clusterDomain', 'cluster.local', '--yes']);
    if (next.code !== 0) wrong.push(`the next kcfg: exit ${next.code}: ${next.stderr}`);
  }
  wrong.push(...(await settle(node)), ...(await podsUp(node)));
  const id = changeIds(node).at(-1) ?? 0;
  const result = id > model.last ? await resultOf(node, id) : 'none';
  if (result === 'done') applied(model, id, wish);
  model.last = Math.max(model.last, id);
  const expected = how === 'through' ? run.code === 0 : how === 'refused' ? run.code === 5 || run.code === 0 : true;
  if (!expected) wrong.push(`exit ${run.code}: ${run.stderr}`);
  if (run.code === 0 && result !== 'done' && !/^Nothing to do/m.test(run.stdout)) wrong.push(`exit 0, and the change is ${result}: ${run.stdout}`);
  if (run.code === 5 && result === 'done') wrong.push(`exit 5, and the change was kept: ${run.stderr}`);
  const end = result === 'done' ? 'kept' : 'not kept';
  return { what: `${wish.kind}${renews ? ' by new pods' : ''}, ${how}: ${end}`, wrong, renewed: how === 'rebooted' || renews };
}

function choose(random: Random, model: Model): { argv: string[]; wish: Wish; renews: boolean } {
  const other = model.path === HOME ? AWAY : HOME;
  const field = random.pick(FIELDS);
  switch (random.below(9)) {
    case 0:
      return { argv: ['set', 'staticPodPath', other], wish: { kind: 'move', path: other }, renews: false };
    case 1:
      return { argv: ['set', 'staticPodPath', other, '--strategy', 'recreate'], wish: { kind: 'move', path: other }, renews: true };
    case 2:
      return { argv: ['unpin'], wish: { kind: 'unpin' }, renews: true };
    case 3:
    case 4: {
      if (model.kept.length === 0) break;
      return { argv: ['rollback'], wish: { kind: 'rollback' }, renews: false };
    }
    case 5: {
      if (model.settings[field] === undefined) break;
      return { argv: ['unset', field], wish: { kind: 'settings', settings: { [field]: undefined } }, renews: false };
    }
    default:
  }
  const settings = Object.fromEntries(Array.from({ length: 1 + random.below(3) }, () => [random.pick(FIELDS), 86 + random.below(14)]));
  return { argv: ['set', ...Object.entries(settings).map(([name, value]) => `${name}=${value}`)], wish: { kind: 'settings', settings }, renews: false };
}

/** What the kubelet will not have is a value that it did not have before: else it would refuse the way back as well. */
function refusal(wish: Wish, model: Model): { path?: string; text?: string } {
  if (wish.kind === 'move') return { path: wish.path };
  const first = wish.kind === 'settings' ? Object.entries(wish.settings).find(([field, value]) => value !== model.settings[field]) : undefined;
  // a rollback or unset is not refused: the fault has nothing to hold to
  return { text: first?.[1] === undefined ? 'nothing has this' : `"${first[0]}":${first[1]}` };
}

async function resultOf(node: HookedNode, id: number): Promise<string> {
  const { stdout, stderr } = await readHere(node, ['history', '-o', 'json']);
  const rows = stdout === '' ? [] : (JSON.parse(stdout) as { changes: { id: string; result: string }[] }).changes;
  return rows.find((row) => row.id === String(id))?.result ?? stderr;
}

function originals(node: HookedNode): { config: Record<string, unknown>; manifests: Record<string, string> } {
  const names = readdirSync(join(node.root, HOME));
  return { config: parse(node.read(CONFIG)) as Record<string, unknown>, manifests: Object.fromEntries(names.map((name) => [name, node.read(`${HOME}/${name}`)])) };
}

/** Where the node is not as the model has it. */
async function unlike(node: HookedNode, model: Model, original: ReturnType<typeof originals>, memory: Memory, renewed: boolean): Promise<string[]> {
  const bad: string[] = [];
  const text = node.read(CONFIG);
  const wanted = { ...original.config, ...model.settings, staticPodPath: model.path };
  const sorted = (values: object): string => JSON.stringify(Object.entries(values).sort(([a], [b]) => (a < b ? -1 : 1)));
  if (sorted(parse(text) as object) !== sorted(wanted)) bad.push(`config.yaml is ${sorted(parse(text) as object)}, not ${sorted(wanted)}`);
  for (const note of model.notes) if (!text.includes(`${note}\n`)) bad.push(`lost: ${note}`);
  for (const [name, manifest] of Object.entries(original.manifests)) {
    const path = join(node.root, model.path, name);
    if (!existsSync(path)) bad.push(`${model.path}/${name} is gone`);
    else if (node.read(`${model.path}/${name}`).replace(PIN, '') !== manifest) bad.push(`${model.path}/${name} is another`);
  }
  const now = await remember(node);
  const touched = new Set([CONFIG, HOME, AWAY, ...changeIds(node).flatMap((id) => writtenBy(planOf(node, id) ?? ({ steps: [] } as never)))]);
  const others = (files: Memory['files']): Memory['files'] => Object.fromEntries(Object.entries(files).filter(([path]) => ![...touched].some((each) => path === each || path.startsWith(`${each}/`))));
  bad.push(...differences(others(now.files), others(memory.files), new Map()).slice(0, 5));
  for (const path of Object.keys(now.files)) if (/\/\.[^/]+\.kcfg-[^/]+$/.test(path)) bad.push(`left: ${path}`);
  if (!renewed && now.containers.join() !== memory.containers.join()) bad.push(`containers ${now.containers.join()} were ${memory.containers.join()}`);
  return bad;
}
