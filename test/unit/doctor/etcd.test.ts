/** etcd's data as evidence, and what the rules conclude of it. None of their mends is an edit of that data. */
import assert from 'node:assert/strict';
import { chmodSync } from 'node:fs';
import { test } from 'node:test';
import type { Cause } from '../../../src/doctor/cause.ts';
import type { Evidence } from '../../../src/doctor/evidence.ts';
import { etcdData } from '../../../src/doctor/rules/etcd-data.ts';
import { manifestText } from '../../../src/doctor/rules/manifest-text.ts';
import { etcdEndpoint } from '../../../src/doctor/rules/etcd-endpoint.ts';
import { etcdWords } from '../../../src/doctor/rules/etcd-words.ts';
import { ownAddress } from '../../../src/doctor/rules/own-address.ts';
import { applyEdits } from '../../../src/kubelet/edits.ts';
import { saying, type Tree, tree, typed } from './tree.ts';
import { healthy } from './healthy.ts';

const MANIFEST = '/etc/kubernetes/manifests/etcd.yaml';
const down = saying('etcd');

function mended(files: Tree, cause: Cause | undefined): string {
  const { fix } = cause ?? {};
  if (fix?.kind !== 'edit') return assert.fail(`no edit: ${JSON.stringify(fix)}`);
  return applyEdits(Buffer.from(files.read(fix.file)), fix.edits).toString();
}

test('what lies on the disk: database, newest snapshot, logs, and other directories with data', async (t) => {
  const files = tree(t);
  files.write('/var/lib/etcd/member/snap/db', 'x'.repeat(4096));
  for (const name of ['0000000000000002-0000000000002710.snap', '0000000000000003-0000000000004e20.snap']) files.write(`/var/lib/etcd/member/snap/${name}`, '');
  files.write('/var/lib/etcd/member/wal/0000000000000000-0000000000000000.wal', '');
  files.write('/var/lib/etcd-restored/member/snap/db', 'x');
  const { etcd } = await files.gathered();
  const { places, servers, freeBytes, uid, mode, keyUid, begunAt, ...facts } = etcd ?? assert.fail('none');
  assert.deepEqual(facts, { dataDirectory: '/var/lib/etcd', hostDirectory: '/var/lib/etcd', kind: 'directory', member: true, runAs: 0, mountPath: '/var/lib/etcd', database: { path: '/var/lib/etcd/member/snap/db', bytes: 4096 }, snapshot: '0000000000000003-0000000000004e20.snap', logs: 1, others: [{ path: '/var/lib/etcd-restored', bytes: 1 }] });
  assert.ok((freeBytes ?? 0) > 0 && uid !== undefined && mode !== undefined && places?.hostPath !== undefined && servers?.place.line !== undefined && keyUid !== undefined && begunAt !== undefined);
});

test('the volume leads to a directory without data, and the data is beside it', async (t) => {
  const files = tree(t);
  const healthy = files.read(MANIFEST);
  files.write(MANIFEST, healthy.replace('path: /var/lib/etcd\n', 'path: /var/lib/etcd-new\n'));
  const [cause, ...more] = await files.found(etcdData, down);
  assert.deepEqual(more, []);
  assert.deepEqual([cause?.id, cause?.message], ['etcd-data', '/var/lib/etcd-new is not there, and /var/lib/etcd has']);
  assert.equal(mended(files, cause), healthy);
  // while etcd is up nothing is missing
  assert.deepEqual(await files.found(etcdData, (evidence) => ({ ...evidence, pods: down(evidence).pods.map((pod) => ({ ...pod, state: 'up' as const })) })), []);
});

test('etcd began an empty cluster beside its data: certain where the cluster is older than that', async (t) => {
  const files = tree(t);
  const healthy = files.read(MANIFEST);
  files.write('/var/lib/etcd/member/snap/db', 'x'.repeat(9000));
  files.write('/var/lib/etcd-new/member/snap/db', 'x');
  files.write('/var/lib/etcd-new/member/wal/0000000000000000-0000000000000000.wal', '');
  files.write(MANIFEST, healthy.replace('path: /var/lib/etcd\n', 'path: /var/lib/etcd-new\n'));
  const [cause, ...more] = await files.found(etcdData);
  assert.deepEqual([cause?.id, cause?.sure, more.map(({ id }) => id)], ['etcd-empty', 'certain', ['etcd-mode']]);
  assert.equal(mended(files, cause), healthy);
  // a file that was made large at once says nothing of what is in it
  files.write('/var/lib/etcd-new/member/snap/db', 'x'.repeat(9000));
  assert.deepEqual((await files.found(etcdData)).map(({ id, sure }) => [id, sure])[0], ['etcd-empty', 'certain']);
  files.write('/var/lib/etcd-new/member/snap/db', 'x');
  files.age('/etc/kubernetes/pki/etcd/ca.crt', 60);
  assert.equal((await files.found(etcdData))[0]?.sure, 'likely');
  // etcdutl snapshot restore leaves one
  files.write('/var/lib/etcd-new/member/snap/0000000000000001-0000000000000001.snap', '');
  assert.deepEqual((await files.found(etcdData)).map(({ id }) => id), ['etcd-mode']);
});

test('--data-dir was changed, and the mount was not', async (t) => {
  const files = tree(t);
  const healthy = files.read(MANIFEST);
  files.write(MANIFEST, healthy.replace('--data-dir=/var/lib/etcd', '--data-dir=/var/lib/etcd-new'));
  const [cause] = await files.found(etcdData);
  assert.deepEqual([cause?.id, cause?.sure, cause?.now], ['etcd-data-unmounted', 'certain', true]);
  // it holds in its caches what it has read of the empty data
  assert.deepEqual(cause?.fix?.kind === 'edit' ? cause.fix.renews : undefined, ['kube-apiserver']);
  assert.equal(mended(files, cause), healthy);
  // a restored one of that name on the node is what was meant
  files.write('/var/lib/etcd-new/member/snap/db', 'x');
  const [restored] = await files.found(etcdData);
  assert.equal(restored?.sure, 'likely');
  assert.equal(mended(files, restored), healthy.replace('path: /var/lib/etcd\n', 'path: /var/lib/etcd-new\n'));
});

test('no data anywhere: told as likely, without a mend', async (t) => {
  const files = tree(t);
  files.remove('/var/lib/etcd/member');
  const [cause] = await files.found(etcdData, down);
  assert.deepEqual([cause?.id, cause?.sure, cause?.fix], ['etcd-data', 'likely', undefined]);
  // a disk that is mounted elsewhere may not be all of the machine's
  assert.deepEqual((await files.found(etcdData)).map(({ severity }) => severity), ['warning']);
});

test('an owner that is not the user of the manifest, and a mode that lets others read', async (t) => {
  const files = tree(t);
  chmodSync(files.path('/var/lib/etcd'), 0o755);
  assert.deepEqual((await files.found(etcdData)).map(({ id, severity }) => [id, severity]), [['etcd-mode', 'warning']]);
  chmodSync(files.path('/var/lib/etcd'), 0o700);
  const { uid } = (await files.gathered()).etcd ?? assert.fail('none');
  files.change(MANIFEST, (text) => text.replace('  hostNetwork: true', '  securityContext:\n    runAsUser: 1002\n  hostNetwork: true').replace(/ {2}securityContext:\n {4}seccompProfile:\n {6}type: RuntimeDefault\n/, ''));
  const [cause] = await files.found(etcdData);
  assert.equal(cause?.message, `/var/lib/etcd belongs to user ${uid}, and etcd runs as 1002`);
  // its key is that user's too: the manifest is what changed
  assert.match(mended(files, cause), new RegExp(`runAsUser: ${uid}\n`));
  const [other] = await files.found(etcdData, (evidence) => ({ ...evidence, etcd: { ...(evidence.etcd ?? assert.fail('none')), keyUid: 1002 } }));
  assert.deepEqual(typed(other), ['chown -R 1002 /var/lib/etcd', 'chmod 700 /var/lib/etcd']);
});

test('what etcd says before it ends: the cause, its words, and lines for its own tools after a copy', async (t) => {
  const files = tree(t);
  const said: [string, string][] = [
    ['etcd-corrupt', 'panic: failed to recover v3 backend from snapshot: failed to find database snapshot file (snap: snapshot file doesn\'t exist)'],
    ['etcd-corrupt', '{"level":"fatal","msg":"failed to read WAL","error":"walpb: crc mismatch"}'],
    ['etcd-corrupt', 'panic: freepages: failed to get all reachable pages (page 1123: multiple references)'],
    ['etcd-member-removed', '{"level":"warn","msg":"server error","error":"the member has been permanently removed from the cluster"}'],
    ['etcd-newer-data', '{"level":"panic","msg":"cluster cannot be downgraded; current version is lower than determined cluster version"}'],
    ['initial-cluster', '{"level":"fatal","msg":"discovery failed","error":"member count is unequal"}'],
  ];
  for (const [id, line] of said) {
    const [cause, ...more] = await files.found(etcdWords, saying('etcd', 'something before', line));
    assert.deepEqual([cause?.id, cause?.evidence, more], [id, [line], []]);
    assert.ok(cause?.fix?.kind === 'commands', id);
    assert.doesNotMatch(typed(cause).join('\n'), /\brm\b/);
  }
  const [corrupt] = await files.found(etcdWords, saying('etcd', said[0]?.[1] ?? ''));
  assert.deepEqual(typed(corrupt).slice(0, 2), ['cp -a /var/lib/etcd /var/lib/etcd.before', 'etcdutl snapshot restore SNAPSHOT --data-dir=/var/lib/etcd.restored --name=cp1 --initial-cluster=cp1=https://127.0.0.1:2380 --initial-advertise-peer-urls=https://127.0.0.1:2380']);
  assert.deepEqual(await files.found(etcdWords, saying('etcd', 'a member was added')), []);
});

test('a full database is told by the API server\'s words too, while etcd runs', async (t) => {
  const files = tree(t);
  const full = saying('kube-apiserver', 'etcdserver: mvcc: database space exceeded');
  const [cause] = await files.found(etcdWords, (evidence) => ({ ...full(evidence), etcd: { ...(evidence.etcd ?? assert.fail('none')), healthy: true } }));
  assert.equal(cause?.id, 'etcd-no-space');
  assert.match(typed(cause).at(-1) ?? '', /^etcdctl --endpoints=https:\/\/127\.0\.0\.1:2379 --cacert=\S+ --cert=\S+ --key=\S+ alarm disarm$/);
});

const having = (...addresses: string[]) => (evidence: Evidence): Evidence => ({ ...evidence, node: { ...evidence.node, live: true }, host: { ...evidence.host, addresses: ['127.0.0.1', ...addresses] } });

test('the machine has another address than it was set up with: one cause for all of it', async (t) => {
  const files = tree(t);
  for (const name of ['etcd', 'kube-apiserver']) files.change(`/etc/kubernetes/manifests/${name}.yaml`, (text) => text.replace(/(advertise-client-urls=|advertise-peer-urls=|listen-peer-urls=)https:\/\/127\.0\.0\.1/g, '$1https://10.0.0.11').replace('listen-client-urls=', 'listen-client-urls=https://10.0.0.11:2379,').replace('advertise-address=127.0.0.1', 'advertise-address=10.0.0.11'));
  assert.deepEqual(await files.found(ownAddress, having('10.0.0.11')), []);
  const found = await files.found(ownAddress, having('10.0.0.12'));
  assert.deepEqual(found.map(({ id, layer, component }) => [id, layer, component]), [['address-changed', 'host', 'etcd']]);
  assert.deepEqual(typed(found[0]), ['ip address add 10.0.0.11/32 dev lo', 'systemctl restart kubelet']);
  // of a bundle or a mounted disk nobody knows the addresses
  assert.deepEqual(await files.found(ownAddress), []);
});

test('one flag has an address that is not this machine\'s: the edit that mends it', async (t) => {
  const files = tree(t);
  files.change(MANIFEST, (text) => text.replace(/(advertise-client-urls=|advertise-peer-urls=|listen-peer-urls=)https:\/\/127\.0\.0\.1/g, '$1https://10.0.0.11'));
  const healthy = files.read(MANIFEST);
  files.write(MANIFEST, healthy.replace('--listen-peer-urls=https://10.0.0.11', '--listen-peer-urls=https://10.0.0.111'));
  const [cause, ...more] = await files.found(ownAddress, having('10.0.0.11'));
  assert.deepEqual(more, []);
  assert.deepEqual([cause?.id, cause?.component, cause?.severity], ['address', 'etcd', 'error']);
  assert.equal(mended(files, cause), healthy);
});

test('an API server that looks for etcd where none is runs for a while without an answer: that is down, too', () => {
  const evidence = healthy();
  const command = (name: string, ...flags: string[]): void => void (evidence.directory.entries.find((entry) => entry.pod?.name === name) ?? assert.fail()).containers.push({ name, image: name, command: [name, ...flags] });
  command('kube-apiserver', '--etcd-servers=https://10.0.0.151:2379');
  command('etcd', '--listen-client-urls=https://127.0.0.1:2379');
  assert.deepEqual(etcdEndpoint.find(evidence), [], 'it answers: that etcd is another one');
  Object.assign(evidence.api ?? assert.fail(), { status: 0 });
  assert.deepEqual(etcdEndpoint.find(evidence).map(({ id, now }) => [id, now]), [['etcd-endpoint', true]]);
});

test('the API server looks for etcd at the address of before: the edit that brings it back', async (t) => {
  const files = tree(t);
  const manifest = '/etc/kubernetes/manifests/kube-apiserver.yaml';
  const healthy = files.read(manifest);
  assert.deepEqual(await files.found(etcdEndpoint), []);
  for (const server of ['https://10.0.0.151:2379', 'https://127.0.0.1:12379']) {
    files.write(manifest, healthy.replace('--etcd-servers=https://127.0.0.1:2379', `--etcd-servers=${server}`));
    const [cause] = await files.found(etcdEndpoint);
    assert.deepEqual([cause?.id, cause?.component, cause?.where[0]?.file], ['etcd-endpoint', 'kube-apiserver', manifest]);
    assert.equal(mended(files, cause), healthy);
  }
  // without the flag it listens without TLS
  const etcd = files.read(MANIFEST);
  files.write(manifest, healthy);
  files.write(MANIFEST, etcd.replace(/\n.*--listen-client-urls.*/, ''));
  const [unset] = await files.found(etcdEndpoint, saying('kube-apiserver'));
  assert.deepEqual([unset?.id, unset?.component, unset?.fix?.kind], ['etcd-endpoint', 'etcd', 'restore']);
  files.write(MANIFEST, etcd.replace('- --listen-client-urls', '- -listen-client-urls'));
  assert.deepEqual(await files.found(etcdEndpoint), []);
  files.write(MANIFEST, etcd);
  // one of several is enough, and localhost is the loopback
  files.write(manifest, healthy.replace('--etcd-servers=https://127.0.0.1:2379', '--etcd-servers=https://10.0.0.151:2379,https://localhost:2379'));
  assert.deepEqual(await files.found(etcdEndpoint), []);
});

test("a wrong URL of etcd becomes the one where this node's etcd listens, whatever its port", async (t) => {
  const files = tree(t);
  files.write(MANIFEST, files.read(MANIFEST).replaceAll(':2379', ':30393'));
  const manifest = '/etc/kubernetes/manifests/kube-apiserver.yaml';
  const healthy = files.read(manifest).replace('--etcd-servers=https://127.0.0.1:2379', '--etcd-servers=https://127.0.0.1:30393');
  files.write(manifest, healthy.replace('--etcd-servers=https://127.0.0.1:30393', '--etcd-servers=https://127.0.0.1:2380'));
  const cause = (await files.found(manifestText)).find(({ severity }) => severity === 'error');
  assert.equal(cause?.id, 'etcd-servers');
  assert.equal(mended(files, cause), healthy);
});
