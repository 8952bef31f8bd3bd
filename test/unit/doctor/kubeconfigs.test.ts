/** Kubeconfigs as evidence, and what the rules conclude of where they lead and of the certificates that they name. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Cause } from '../../../src/doctor/cause.ts';
import type { Evidence } from '../../../src/doctor/evidence.ts';
import { certificateExpired } from '../../../src/doctor/rules/certificate-expired.ts';
import { certificateKey } from '../../../src/doctor/rules/certificate-key.ts';
import { certificateNames } from '../../../src/doctor/rules/certificate-names.ts';
import { kubeconfig } from '../../../src/doctor/rules/kubeconfig.ts';
import { kubeconfigServer } from '../../../src/doctor/rules/kubeconfig-server.ts';
import { manifestText } from '../../../src/doctor/rules/manifest-text.ts';
import { securePortMoved } from '../../../src/doctor/rules/secure-port.ts';
import { kubeconfigStale } from '../../../src/doctor/rules/kubeconfig-stale.ts';
import { kubeletEmbedded } from '../../../src/doctor/rules/kubelet-embedded.ts';
import { resolving } from '../../../src/doctor/rules/resolving.ts';
import { applyEdits } from '../../../src/kubelet/edits.ts';
import { embed, PEM, saying, type Tree, tree, typed } from './tree.ts';

const API = '/etc/kubernetes/manifests/kube-apiserver.yaml';
const KUBELET_CONF = '/etc/kubernetes/kubelet.conf';
const BOOTSTRAP = 'failed to run Kubelet: unable to load bootstrap kubeconfig: stat /etc/kubernetes/bootstrap-kubelet.conf: no such file or directory';

/** The kubelet ends at its start and names the wrong file. */
function misled(evidence: Evidence): Evidence {
  return { ...evidence, journal: [{ at: 1, unit: 'kubelet.service', message: BOOTSTRAP }] };
}
/** The file as the fix leaves it. */
function mended(files: Tree, cause: Cause | undefined): string {
  const { fix } = cause ?? {};
  if (fix?.kind !== 'edit') return assert.fail(`no edit: ${JSON.stringify(fix)}`);
  return applyEdits(Buffer.from(files.read(fix.file)), fix.edits).toString();
}

test('a kubeconfig in evidence: where it leads, by which line, as whom, and the file that it names', async (t) => {
  const { kubeconfigs } = await tree(t).gathered();
  const { places, sha256, changedAt, ...config } = kubeconfigs.find(({ file }) => file === KUBELET_CONF) ?? assert.fail('none');
  assert.deepEqual(config, { file: KUBELET_CONF, there: true, server: 'https://127.0.0.1:6443', line: 5, user: 'system:node:cp1', clientCertificate: PEM, clientKey: PEM });
  assert.deepEqual(Object.keys(places ?? {}), ['server', 'certificate-authority-data', 'client-certificate', 'client-key']);
  assert.ok(sha256?.length === 64 && changedAt !== undefined);
});

test('no kubelet.conf: the true cause, and that the kubelet names another file', async (t) => {
  const files = tree(t);
  files.remove(KUBELET_CONF);
  const [cause, ...more] = await files.found(kubeconfig, misled);
  assert.deepEqual(more, []);
  assert.deepEqual([cause?.id, cause?.component, cause?.message, cause?.now], ['kubeconfig-missing', 'kubelet', `there is no ${KUBELET_CONF}`, true]);
  assert.ok(cause?.notes.some((note) => note.includes('bootstrap-kubelet.conf, which is not the fault')));
  assert.deepEqual(cause?.evidence, [BOOTSTRAP]);
  assert.deepEqual(typed(cause), ['kubeadm init phase kubeconfig kubelet --kubernetes-version v1.37.2 --node-name cp1 --apiserver-advertise-address 127.0.0.1', 'systemctl restart kubelet']);
});

test('on a worker kubelet.conf comes from a control plane', async (t) => {
  const files = tree(t);
  for (const path of ['/etc/kubernetes/pki/ca.key', KUBELET_CONF]) files.remove(path);
  const [cause] = await files.found(kubeconfig);
  // the node's name is its certificate's, not that of the machine that looks
  assert.match(typed(cause)[0] ?? '', /^kubeadm kubeconfig user --org system:nodes --client-name system:node:cp1 > kubelet\.conf/);
});

test('a kubeconfig that cannot be used: why, in words', async (t) => {
  const files = tree(t);
  const wrong: Record<string, (text: string) => string> = {
    'the file is empty': () => '',
    'it is no YAML, line 4: Flow sequence': (text) => text.replace('- cluster:', '- cluster: [\n  }'),
    'its current-context is none, and it has no context of that name': (text) => text.replace(/current-context: .*/, 'current-context: none'),
    'it has no current-context': (text) => text.replace(/current-context: .*\n/, ''),
    'its context names the user nobody, and it has none of that name': (text) => text.replace(/user: .*/, 'user: nobody'),
    'its cluster has no server': (text) => text.replace(/ *server: .*\n/, ''),
  };
  const healthy = files.read(KUBELET_CONF);
  for (const [problem, change] of Object.entries(wrong)) {
    files.write(KUBELET_CONF, change(healthy));
    const [cause] = await files.found(kubeconfig);
    assert.ok(cause?.message.startsWith(`${KUBELET_CONF} is no kubeconfig: ${problem}`), `${problem}: ${cause?.message}`);
  }
  // one for people is told, and takes nothing down
  files.write(KUBELET_CONF, healthy);
  files.write('/root/.kube/config', '');
  assert.deepEqual((await files.found(kubeconfig)).map(({ severity }) => severity), ['warning']);
});

test('a server with another port than the API server has: the line, and the edit that mends it', async (t) => {
  const files = tree(t);
  const healthy = files.read(KUBELET_CONF);
  for (const [port, why] of [['6553', 'the API server of this node listens on 6443'], ['64433333', '64433333 is no port']] as const) {
    files.write(KUBELET_CONF, healthy.replace(':6443', `:${port}`));
    const [cause, ...more] = await files.found(kubeconfigServer);
    assert.deepEqual(more, []);
    assert.equal(cause?.message, `${KUBELET_CONF} leads to https://127.0.0.1:${port}: ${why}`);
    assert.deepEqual([cause?.component, cause?.severity, cause?.where[0]?.line], ['kubelet', 'error', 5]);
    assert.equal(mended(files, cause), healthy);
  }
});

test('every kubeconfig leads to another port than --secure-port: not one of them is wrong', async (t) => {
  const files = tree(t);
  files.change('/etc/kubernetes/manifests/kube-apiserver.yaml', (text) => text.replaceAll('6443', '6444'));
  assert.deepEqual(await files.found(securePortMoved), []);
  const refused = 'error retrieving resource lock: Get "https://127.0.0.1:6443/apis": dial tcp 127.0.0.1:6443: connect: connection refused';
  assert.deepEqual(await files.found(kubeconfigServer, saying('kube-scheduler', refused)), []);
  const found = await files.found(securePortMoved, saying('kube-scheduler', refused));
  assert.deepEqual(found.map(({ id, component, message }) => [id, component, message]), [['secure-port', 'kube-apiserver', '--secure-port is 6444, and every kubeconfig leads to 6443']]);
});

test('--secure-port was changed, and neither the probes nor a kubeconfig: it goes back, and is so now, whoever answers there', async (t) => {
  const files = tree(t);
  const healthy = files.read(API);
  files.change(API, (text) => text.replace('--secure-port=6443', '--secure-port=6444'));
  const found = (await files.found(manifestText, (evidence) => ({ ...evidence, node: { ...evidence.node, live: true } }))).filter(({ id }) => id === 'probe-port');
  assert.ok(found.length > 0);
  for (const cause of found) assert.deepEqual([cause.now, mended(files, cause)], [true, healthy]);
  // a balancer on the old port: then the probes are what is wrong
  const [behind] = (await files.found(manifestText, (evidence) => ({ ...evidence, host: { ...evidence.host, listening: [{ address: '0.0.0.0', port: 6443 }] } }))).filter(({ id }) => id === 'probe-port');
  assert.match(mended(files, behind), /--secure-port=6444/);
});

test('a port of this machine that something listens on may be a balancer\'s', async (t) => {
  const files = tree(t);
  files.change(KUBELET_CONF, (text) => text.replace(':6443', ':8443'));
  assert.deepEqual(await files.found(kubeconfigServer, (evidence) => ({ ...evidence, host: { ...evidence.host, listening: [{ address: '0.0.0.0', port: 8443 }] } })), []);
});

test('http:// to an API server, and a scheduler.conf alike', async (t) => {
  const files = tree(t);
  const healthy = files.read('/etc/kubernetes/scheduler.conf');
  files.write('/etc/kubernetes/scheduler.conf', healthy.replace('https://', 'http://'));
  const [cause] = await files.found(kubeconfigServer);
  assert.deepEqual([cause?.component, cause?.layer], ['kube-scheduler', 'controllers']);
  assert.equal(mended(files, cause), healthy);
});

test('an address that nothing answers at is told only once something was seen to fail; the certificate is not blamed', async (t) => {
  const files = tree(t);
  const healthy = files.read(KUBELET_CONF);
  files.write(KUBELET_CONF, healthy.replace('127.0.0.1', '172.30.1.9'));
  assert.deepEqual(await files.found(kubeconfigServer), []);
  assert.deepEqual(await files.found(certificateNames), []);
  const refused = 'E1128 controller.go:145] "Failed to ensure lease exists, will retry" err="Get \\"https://172.30.1.9:6443/…\\": dial tcp 172.30.1.9:6443: connect: connection refused"';
  const [cause] = await files.found(kubeconfigServer, (evidence) => ({ ...evidence, journal: [{ at: 1, unit: 'kubelet.service', message: refused }] }));
  assert.deepEqual([cause?.sure, cause?.component], ['likely', 'kubelet']);
  assert.equal(mended(files, cause), healthy);
});

test('a name that nobody knows: where it leads, and the line for /etc/hosts', async (t) => {
  const files = tree(t);
  for (const path of [KUBELET_CONF, '/etc/kubernetes/admin.conf']) files.change(path, (text) => text.replace('127.0.0.1', 'cluster-endpoint'));
  const lookup = 'dial tcp: lookup cluster-endpoint on 10.0.0.2:53: no such host';
  const found = await files.found(kubeconfigServer, (evidence) => ({ ...evidence, journal: [{ at: 1, unit: 'kubelet.service', message: lookup }] }));
  assert.deepEqual(found.map(({ id, component }) => [id, component]), [['host-unknown', 'kubelet']]);
  assert.deepEqual(typed(found[0]), ["echo '127.0.0.1 cluster-endpoint' >> /etc/hosts"]);
});

test('a name that nobody knows, in one kubeconfig alone: that one is led where the others are', async (t) => {
  const files = tree(t);
  const healthy = files.read(KUBELET_CONF);
  files.change(KUBELET_CONF, (text) => text.replace('127.0.0.1', 'cluster-endpoint.example'));
  const unknown = (evidence: Evidence): Evidence => ({ ...evidence, host: { ...evidence.host, names: { 'cluster-endpoint.example': [] } } });
  const [cause] = await files.found(kubeconfigServer, unknown);
  assert.deepEqual([cause?.id, cause?.sure], ['kubeconfig-server', 'certain']);
  assert.equal(mended(files, cause), healthy);
  assert.deepEqual(await files.found(resolving, unknown), []);
});

test('the kubelet\'s certificate is a link to nothing: the newest that is good is linked', async (t) => {
  const files = tree(t);
  const old = files.signed('system:node:cp1', { until: 90 }, { uses: ['client'] });
  files.write('/var/lib/kubelet/pki/kubelet-client-2026-01-02-03-04-05.pem', old.cert + old.key);
  const dead = files.signed('system:node:cp1', { until: -1 }, { uses: ['client'] });
  files.write('/var/lib/kubelet/pki/kubelet-client-2025-01-02-03-04-05.pem', dead.cert + dead.key);
  files.link(PEM, 'kubelet-client-2026-10-10-10-10-10.pem');
  const [cause, ...more] = await files.found(certificateKey, misled);
  assert.deepEqual(more, []);
  assert.equal(cause?.id, 'missing-certificate');
  assert.match(cause?.message ?? '', /it is a link to \/var\/lib\/kubelet\/pki\/kubelet-client-2026-10-10-10-10-10\.pem, which is not there$/);
  assert.ok(cause?.notes.some((note) => note.includes('bootstrap-kubelet.conf, which is not the fault')));
  const linked = typed(cause)[0]?.split(' ') ?? [];
  // the one that the tree was made with is good too: whichever lives longest
  assert.deepEqual([linked.slice(0, 2), linked[3]], [['ln', '-sfn'], PEM]);
  assert.match(linked[2] ?? '', /kubelet-client-2026-/);
});

test('the kubelet\'s certificate has expired, and none is left: a kubeconfig made anew', async (t) => {
  const files = tree(t);
  const dead = files.signed('system:node:cp1', { until: -1 }, { uses: ['client'] });
  files.write(PEM, dead.cert + dead.key);
  const [cause] = await files.found(certificateExpired, misled);
  assert.deepEqual([cause?.component, cause?.now], ['kubelet', true]);
  assert.deepEqual(typed(cause), [`mv ${KUBELET_CONF} ${KUBELET_CONF}.old`, 'kubeadm init phase kubeconfig kubelet --kubernetes-version v1.37.2 --node-name cp1 --apiserver-advertise-address 127.0.0.1', 'systemctl restart kubelet']);
});

test('an old certificate within kubelet.conf, while the renewed one is good: both entries are pointed to it', async (t) => {
  const files = tree(t);
  const healthy = files.read(KUBELET_CONF);
  embed(files, KUBELET_CONF, files.signed('system:node:cp1', { until: -1 }, { uses: ['client'] }));
  const [cause] = await files.found(kubeletEmbedded, misled);
  assert.deepEqual(await files.found(certificateExpired, misled), []);
  assert.deepEqual([cause?.id, cause?.severity, cause?.component], ['embedded-certificate', 'error', 'kubelet']);
  assert.equal(mended(files, cause), healthy);
  // one that is good is what kubeadm writes before the first rotation
  embed(files, KUBELET_CONF, files.signed('system:node:cp1', { until: 364 }, { uses: ['client'] }));
  assert.deepEqual(await files.found(kubeletEmbedded), []);
});

test('scheduler.conf was renewed, and the scheduler runs since before: that container is named', async (t) => {
  const files = tree(t);
  const running = (...log: string[]) => (evidence: Evidence): Evidence => {
    const ended = saying('kube-scheduler', ...log)(evidence);
    return { ...ended, pods: ended.pods.map((pod) => ({ ...pod, state: 'up' as const, containers: pod.containers.map((one) => ({ ...one, state: 'running' as const, startedAt: new Date(Date.now() - 3600_000).toISOString() })) })) };
  };
  assert.deepEqual(await files.found(kubeconfigStale, running()), []);
  files.age('/etc/kubernetes/scheduler.conf', 60);
  assert.deepEqual((await files.found(kubeconfigStale, running())).map(({ severity, component }) => [severity, component]), [['warning', 'kube-scheduler']]);
  const [cause] = await files.found(kubeconfigStale, running('error retrieving resource lock: Unauthorized'));
  assert.deepEqual([cause?.severity, cause?.now, cause?.fix], ['error', true, { kind: 'stop-container', id: 'c1', pod: 'kube-scheduler' }]);
});

test('root\'s copy of admin.conf is older than it', async (t) => {
  const files = tree(t);
  files.write('/root/.kube/config', files.read('/etc/kubernetes/admin.conf'));
  assert.deepEqual(await files.found(kubeconfigStale), []);
  const admin = (await files.gathered()).certificates.find(({ file, part }) => file === '/etc/kubernetes/admin.conf' && part === 'client');
  embed(files, '/root/.kube/config', files.signed('kubernetes-admin', { until: 40 }));
  const renamed = (evidence: Evidence): Evidence => ({ ...evidence, certificates: evidence.certificates.map((one) => (one.part === 'client' && one.file === '/root/.kube/config' ? { ...one, subject: admin?.subject ?? '' } : one)) });
  const [cause] = await files.found(kubeconfigStale, renamed);
  assert.deepEqual([cause?.severity, typed(cause)], ['warning', ['cp /etc/kubernetes/admin.conf /root/.kube/config']]);
});
