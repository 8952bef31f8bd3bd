/**
 * Every field of a 1.37 kubelet on a pretend node: explained, read, set to a legal value, verified through /configz,
 * and taken out again, with the file as it was, to the byte. In batches of about thirty, each one change and one restart.
 */
import assert from 'node:assert/strict';
import { cpSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { stringify } from 'yaml';
import { type FieldPath, parseFieldPath, writeFieldPath } from '../../src/kubelet/field-path.ts';
import { loadFields } from '../../src/kubelet/fields/load.ts';
import { isMap } from '../../src/kubelet/merge.ts';
import { sameValue } from '../../src/kubelet/same-value.ts';
import { type Batch, settingBatches } from '../scenarios/settings.ts';
import { exits, kubeletPid, running } from './compare.ts';
import { readHere } from './in-process.ts';
import { type SandboxNode, startNode } from './node.ts';

const CONFIG = '/var/lib/kubelet/config.yaml';
const fields = await loadFields('1.37');
const ALL = fields.leaves().map(({ path }) => path);

async function freePort(): Promise<number> {
  const server = createServer();
  return await new Promise((resolve) => {
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address() as { port: number };
      server.close(() => resolve(port));
    });
  });
}

/** As little as a control plane of the sandbox needs, written by hand. */
const written = (node: SandboxNode): string => `# by hand
apiVersion: kubelet.config.k8s.io/v1beta1
kind:   KubeletConfiguration

staticPodPath: /etc/kubernetes/manifests   # kubeadm's
port: ${node.settings.ports.kubelet}
healthzPort: ${node.settings.ports.healthz}
`;

/** Canonical path → the path of the value, a gate's own key included. */
const pathOf = (name: string): FieldPath => parseFieldPath(name, fields).path;

/** A batch as plain data, as it stands in a fragment. */
function dataOf({ values }: Batch): Record<string, unknown> {
  const merge = (data: unknown, [name, ...rest]: FieldPath, value: unknown): unknown => {
    if (name === undefined) return isMap(data) && isMap(value) ? { ...data, ...value } : value;
    const map = isMap(data) ? data : {};
    return { ...map, [name]: merge(map[String(name)], rest, value) };
  };
  return Object.entries(values).reduce<unknown>((data, [name, value]) => merge(data, pathOf(name), value), {}) as Record<string, unknown>;
}

interface Row {
  field: string;
  value: unknown;
  origin: { layer: string; file?: string; line?: number };
}

let node: SandboxNode;
let batches: Batch[];
before(async () => {
  node = await startNode({ speed: 20 });
  writeFileSync(join(node.root, CONFIG), written(node));
  await node.program('systemctl', ['restart', 'kubelet']);
  batches = settingBatches(fields, { port: await freePort(), healthzPort: await freePort() });
});
after(() => node.down());

test('each field is in a batch, but the one that moves the manifests', () => {
  assert.deepEqual(batches.flatMap((batch) => batch.fields).sort(), ALL.filter((path) => path !== 'staticPodPath').sort());
});

test('explain knows each field: its type, and what a change disturbs', async () => {
  for (const path of ALL) {
    const run = await readHere(node, ['explain', path, '-o', 'json']);
    exits(run, 0);
    const told = JSON.parse(run.stdout) as { field: string; type: unknown; changing: unknown };
    assert.equal(told.field, path);
    assert.ok(told.type, path);
  }
});

test('get answers for each field, with the layer that its value comes from', async () => {
  const set = new Map(Object.entries({ staticPodPath: 5, port: 6, healthzPort: 7 }));
  for (const path of ALL) {
    const run = await readHere(node, ['get', path, '-o', 'json']);
    exits(run, 0);
    const told = JSON.parse(run.stdout) as { field: string; value: unknown; origin?: Row['origin']; values?: Row[] };
    assert.equal(told.field, path);
    const usual = fields.leaves().find((field) => field.path === path)?.default;
    if (set.has(path)) assert.deepEqual([told.origin?.layer, told.origin?.file, told.origin?.line], ['file', CONFIG, set.get(path)]);
    else assert.deepEqual([path, told.value ?? null], [path, usual ?? null]);
  }
});

describe('each field is set, is in force, and is taken out', () => {
  for (const name of ['part 1', 'part 2', 'part 3', 'part 4', 'without cgroups', 'without a server', 'pinned CPUs', 'pinned memory']) {
    test(name, { timeout: 60_000 }, async () => {
      const batch = batches.find((each) => each.name === name) ?? assert.fail();
      const data = dataOf(batch);
      const original = node.read(CONFIG);
      const containers = await running(node);
      const fragment = join(node.dir, 'fragment.yaml');
      writeFileSync(fragment, stringify(data));
      const set = await node.kcfg(['set', '-f', fragment, '--yes', '-o', 'json']);
      exits(set, 0);
      const outcome = JSON.parse(set.stdout) as { result: string; checks: { name: string; ok?: boolean; detail: string }[] };
      const check = outcome.checks.find((each) => each.name === 'settings');
      // a map counts for each of its keys
      if (name === 'without a server') assert.match(check?.detail ?? '', /^left out/);
      else assert.ok(check?.ok && Number.parseInt(check.detail, 10) >= Object.keys(batch.values).length, JSON.stringify(check));

      await eachIsThere(data);
      const [pid, stat] = [await kubeletPid(node), statSync(join(node.root, CONFIG)).mtimeMs];
      const again = await node.kcfg(['set', '-f', fragment, '--yes', '-o', 'json']);
      exits(again, 0);
      assert.equal((JSON.parse(again.stdout) as { result: string }).result, 'unchanged');
      assert.deepEqual([await kubeletPid(node), statSync(join(node.root, CONFIG)).mtimeMs], [pid, stat]);

      const ports = ['port', 'healthzPort'];
      const names = [...new Set(Object.keys(batch.values).map((path) => (path.startsWith('featureGates') ? 'featureGates' : path)))];
      if (names.some((path) => ports.includes(path))) {
        // without them every node of this machine would want the same two
        exits(await node.kcfg(['rollback', '--yes']), 0);
        assert.equal(node.read(CONFIG), original);
        exits(await node.kcfg(['rollback', '--yes', await lastId()]), 0);
        exits(await node.kcfg(['set', ...ports.map((path) => `${path}=${String(path === 'port' ? node.settings.ports.kubelet : node.settings.ports.healthz)}`), '--yes']), 0);
      }
      exits(await node.kcfg(['unset', ...names.filter((path) => !ports.includes(path)), '--yes']), 0);
      assert.equal(node.read(CONFIG), original);
      assert.deepEqual(await running(node), containers);
    });
  }

  test('the ports, in a tree', async () => {
    const tree = join(node.dir, 'image');
    cpSync(node.root, tree, { recursive: true, verbatimSymlinks: true, filter: (path) => !/\/root\/(run|proc|sys)\//.test(path) });
    exits(await node.kcfg(['unset', 'port', 'healthzPort', '--yes', '--root', tree], { env: { KCFG_SANDBOX: '' } }), 0);
    assert.equal(readFileSync(join(tree, CONFIG), 'utf8'), written(node).replace(/^(port|healthzPort):.*\n/gm, ''));
  });
});

async function lastId(): Promise<string> {
  const { changes } = JSON.parse((await readHere(node, ['history', '-o', 'json'])).stdout) as { changes: { id: string }[] };
  return changes[0]?.id ?? assert.fail('no change');
}

/** By `get --all`: each value, and the line that it stands in. */
async function eachIsThere(data: Record<string, unknown>): Promise<void> {
  const run = await readHere(node, ['get', '--all', '-o', 'json']);
  exits(run, 0);
  const { fields: rows } = JSON.parse(run.stdout) as { fields: Row[] };
  const visit = (path: FieldPath, value: unknown): void => {
    const field = fields.field(path) ?? assert.fail(writeFieldPath(path));
    if (isMap(value) && (field.type.kind === 'map' || field.type.kind === 'object')) {
      for (const [key, each] of Object.entries(value)) visit([...path, key], each);
      return;
    }
    const name = writeFieldPath(path);
    const row = rows.find((each) => each.field === name) ?? assert.fail(`no ${name}`);
    const secret = name.startsWith('staticPodURLHeader');
    if (secret) assert.equal(row.value, '(hidden)');
    else assert.ok(sameValue(fields, field, row.value, value), `${name}: ${JSON.stringify(row.value)}`);
    // a zero counts as left out: it stands there, and the default is in front of it
    if (row.origin.layer !== 'default') {
      assert.deepEqual([row.origin.layer, row.origin.file], ['file', CONFIG], name);
      assert.ok(node.read(CONFIG).split('\n')[(row.origin.line ?? 0) - 1], name);
    } else assert.equal(name, 'runOnce');
  };
  for (const [name, value] of Object.entries(data)) visit([name], value);
}
