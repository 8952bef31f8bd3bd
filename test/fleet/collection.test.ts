/** The collection `kcfg.node` as a product: it is built, installed without network, documented, and its playbooks are found by name. */
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { before, test } from 'node:test';
import { ansible, COLLECTION, scratch } from './ansible.ts';

const repository = new URL('../../', import.meta.url);
const { version } = JSON.parse(readFileSync(new URL('package.json', repository), 'utf8')) as { version: string };
const modules = readdirSync(join(COLLECTION, 'plugins/modules')).map((file) => `kcfg.node.${file.replace('.py', '')}`);
const playbooks = readdirSync(join(COLLECTION, 'playbooks')).map((file) => `kcfg.node.${file.replace('.yml', '')}`);

/** Where it is installed, as ansible-galaxy made it. */
let collections: string;
before(async () => {
  collections = scratch();
  const built = await ansible('ansible-galaxy', ['collection', 'build', COLLECTION, '--output-path', collections]);
  assert.equal(built.code, 0, built.stderr);
  const artefact = join(collections, `kcfg-node-${version}.tar.gz`);
  const installed = await ansible('ansible-galaxy', ['collection', 'install', '--offline', artefact, '-p', collections], { collections });
  assert.equal(installed.code, 0, installed.stdout + installed.stderr);
}, { timeout: 120_000 });

test('the artefact has the version of kcfg, and all that Galaxy asks for', () => {
  const files = readdirSync(join(collections, 'ansible_collections/kcfg/node'), { recursive: true, encoding: 'utf8' });
  for (const file of ['README.md', 'CHANGELOG.md', 'LICENSE', 'MANIFEST.json', 'meta/runtime.yml', 'plugins/callback/events.py', 'tests/sanity/ignore-2.14.txt']) assert.ok(files.includes(file), file);
  const { collection_info: info } = JSON.parse(readFileSync(join(collections, 'ansible_collections/kcfg/node/MANIFEST.json'), 'utf8')) as { collection_info: { version: string; license: string[] } };
  assert.deepEqual([info.version, info.license], [version, ['Apache-2.0']]);
  assert.equal(readFileSync(join(COLLECTION, 'LICENSE'), 'utf8'), readFileSync(new URL('LICENSE', repository), 'utf8'));
  assert.match(readFileSync(join(COLLECTION, 'CHANGELOG.md'), 'utf8'), new RegExp(`^## ${version.replaceAll('.', '\\.')}$`, 'm'));
});

test('ansible-doc has each module with examples, what it returns, and how it takes check mode and diff', { timeout: 120_000 }, async () => {
  const { code, stdout, stderr } = await ansible('ansible-doc', ['--json', ...modules], { collections });
  assert.equal(code, 0, stderr);
  const docs = JSON.parse(stdout) as Record<string, { doc: { attributes: Record<string, { support: string }>; options: Record<string, { description: unknown }>; author: unknown }; examples: string; return: Record<string, { returned?: string }> }>;
  assert.deepEqual(Object.keys(docs).sort(), modules.toSorted());
  for (const [name, { doc, examples, return: returned }] of Object.entries(docs)) {
    assert.equal(doc.attributes.check_mode?.support, 'full', name);
    assert.equal(doc.attributes.diff_mode?.support, /\.(setting|rollback)$/.test(name) ? 'full' : 'none', name);
    assert.match(examples, new RegExp(`^ {2}${name}:`, 'm'));
    assert.ok(Object.values(returned).every((value) => value.returned !== undefined), name);
  }
  const role = await ansible('ansible-doc', ['--type', 'role', '--json', 'kcfg.node.kcfg'], { collections });
  assert.deepEqual(Object.keys((JSON.parse(role.stdout) as Record<string, { entry_points: { main: { options: object } } }>)['kcfg.node.kcfg']?.entry_points.main.options ?? {}).sort(), ['kcfg_checksum', 'kcfg_command', 'kcfg_package', 'kcfg_purge', 'kcfg_state']);
  assert.equal((await ansible('ansible-doc', ['--type', 'callback', '--json', 'kcfg.node.events'], { collections })).code, 0);
});

test('each playbook is found by its name, and is one', { timeout: 120_000 }, async () => {
  assert.notEqual(playbooks.length, 0);
  for (const playbook of playbooks) {
    const { code, stderr } = await ansible('ansible-playbook', ['--syntax-check', '-i', 'node1,', playbook], { collections });
    assert.equal(code, 0, playbook + stderr);
  }
});
