/** Machine, unit, runtime and settings: a control plane that is well, with one thing changed. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Cause } from '../../../src/doctor/cause.ts';
import { diagnose } from '../../../src/doctor/diagnose.ts';
import type { Evidence } from '../../../src/doctor/evidence.ts';
import { healthy } from './healthy.ts';

const CONTAINERD = '/etc/containerd/config.toml';
const DROP_IN = '/etc/systemd/system/kubelet.service.d/10-kubeadm.conf';
const FLAGS = '/var/lib/kubelet/kubeadm-flags.env';
const UNIT_TEXT = '[Service]\nEnvironmentFile=-/var/lib/kubelet/kubeadm-flags.env\nExecStart=\nExecStart=/usr/local/bin/kubelet $KUBELET_KUBEADM_ARGS\n';

function changed(change: (evidence: Evidence) => void): Evidence {
  const evidence = healthy();
  evidence.unit?.argv.push('--kubeconfig=/etc/kubernetes/kubelet.conf');
  evidence.kubeconfigs = [{ file: '/etc/kubernetes/kubelet.conf', there: true, server: 'https://10.0.0.1:6443' }];
  evidence.kubelet.settings = {};
  change(evidence);
  return evidence;
}

function unitOf(evidence: Evidence): NonNullable<Evidence['unit']> {
  return evidence.unit ?? assert.fail('no unit');
}
function runtimeOf(evidence: Evidence): NonNullable<Evidence['runtime']> {
  return evidence.runtime ?? assert.fail('no runtime');
}
function first(evidence: Evidence): Cause {
  const { causes } = diagnose(evidence);
  return causes[0] ?? assert.fail('nothing was found');
}
function commandsOf({ fix }: Cause): string[] {
  return fix?.kind === 'commands' ? fix.commands : [];
}

test('nothing is said of a node that is well', () => {
  const { causes, warnings } = diagnose(changed(() => {}));
  assert.deepEqual([...causes, ...warnings].map(({ id, message }) => `${id}: ${message}`), []);
});

test('a full disk is the cause of all that is down on it; a disk below the threshold of evictions is a warning', () => {
  const full = changed((evidence) => {
    evidence.host.disks = [{ path: '/var/lib/etcd', freeBytes: 4096, totalBytes: 1e10 }];
    for (const pod of evidence.pods) pod.state = 'down';
  });
  assert.deepEqual([first(full).id, first(full).component, first(full).now], ['disk-full', 'host', true]);
  const low = diagnose(changed((evidence) => void Object.assign(evidence.host, { disks: [{ path: '/var/lib/kubelet', freeBytes: 9e8, totalBytes: 1e10 }] })));
  assert.deepEqual([low.causes.length, low.warnings.map(({ id }) => id)], [0, ['disk-pressure']]);
  const set = diagnose(changed((evidence) => {
    evidence.host.disks = [{ path: '/var/lib/kubelet', freeBytes: 9e8, totalBytes: 1e10 }];
    evidence.kubelet.settings = { evictionHard: { value: { 'nodefs.available': '100Mi' } } };
  }));
  assert.deepEqual(set.warnings, []);
  const inodes = changed((evidence) => void Object.assign(evidence.host, { disks: [{ path: '/var/log', freeBytes: 1e9, freeInodes: 0, totalInodes: 1000 }] }));
  assert.match(first(inodes).message, /no inode left/);
});

test('swap counts only where the kubelet minds it', () => {
  const swap = (fails: boolean): Evidence => changed((evidence) => {
    evidence.host.swap = true;
    evidence.kubelet.settings = { failSwapOn: { value: fails } };
    unitOf(evidence).active = 'activating';
  });
  assert.equal(first(swap(true)).id, 'swap');
  assert.ok(!diagnose(swap(false)).causes.some(({ id }) => id === 'swap'));
});

test('several certificates of the future are the fault of the clock', () => {
  const certificate = (file: string): Evidence['certificates'][number] => ({ file, role: '', subject: '', issuer: '', notBefore: '2027-01-01T00:00:00Z', notAfter: '2028-01-01T00:00:00Z', ca: false, names: [], publicKey: '', fingerprint: '', signedBy: [] });
  const evidence = changed((each) => void each.certificates.push(certificate('/etc/kubernetes/pki/apiserver.crt'), certificate('/etc/kubernetes/pki/etcd/server.crt')));
  assert.equal(first(evidence).id, 'clock');
});

test('--node-ip of another machine is written anew in the environment file, with the address that the node has', () => {
  const text = 'KUBELET_KUBEADM_ARGS="--node-ip=10.9.9.9 --v=1"\n';
  const evidence = changed((each) => {
    unitOf(each).argv.push('--node-ip=10.9.9.9');
    unitOf(each).sources = [{ file: DROP_IN, text: UNIT_TEXT }, { file: FLAGS, text }];
  });
  const { id, fix, where } = first(evidence);
  assert.equal(id, 'node-ip');
  assert.deepEqual([where[0]?.file, where[0]?.line], [FLAGS, 1]);
  assert.ok(fix?.kind === 'edit');
  const [edit] = fix.edits;
  assert.equal(edit && text.slice(0, edit.offset) + edit.insert + text.slice(edit.offset + edit.remove), 'KUBELET_KUBEADM_ARGS="--node-ip=10.0.0.1 --v=1"\n');
});

test('a program that is not there is told with the drop-in that names it and the one that is there', () => {
  const evidence = changed((each) => Object.assign(unitOf(each), { active: 'activating', program: 'missing', exitStatus: 203, argv: ['/usr/local/bin/kubelet', '--config=/c', '--kubeconfig=/k'], sources: [{ file: DROP_IN, text: UNIT_TEXT }], otherPrograms: ['/usr/bin/kubelet'] }));
  const cause = first(evidence);
  assert.deepEqual([cause.id, cause.where[0]?.file, cause.where[0]?.line, cause.where[0]?.label], ['no-program', DROP_IN, 4, '/usr/bin/kubelet is there']);
  assert.match(commandsOf(cause)[0] ?? '', /sed -i 's#\/usr\/local\/bin\/kubelet#\/usr\/bin\/kubelet#'/);
});

test('stopped, masked, given up, removed: each has its own command', () => {
  const state = (unit: Partial<Evidence['unit'] & object>): Cause => first(changed((evidence) => Object.assign(unitOf(evidence), unit)));
  assert.deepEqual(commandsOf(state({ active: 'inactive', exitStatus: 0 })), ['systemctl start kubelet']);
  assert.deepEqual(commandsOf(state({ active: 'inactive', file: 'disabled' })), ['systemctl enable --now kubelet']);
  assert.deepEqual(commandsOf(state({ active: 'inactive', load: 'masked', argv: [] })), ['systemctl unmask kubelet', 'systemctl enable --now kubelet']);
  assert.deepEqual(commandsOf(state({ active: 'failed', result: 'start-limit-hit', exitStatus: 1 })), ['systemctl reset-failed kubelet', 'systemctl start kubelet']);
  const gone = changed((evidence) => void delete evidence.unit);
  assert.equal(first(gone).id, 'no-kubelet');
});

test('a flag that the kubelet does not know is taken out where it stands', () => {
  const text = 'KUBELET_KUBEADM_ARGS="--pod-infra-container-image=registry.k8s.io/pause:3.10 --v=1"\n';
  const evidence = changed((each) => {
    unitOf(each).active = 'activating';
    unitOf(each).sources = [{ file: DROP_IN, text: UNIT_TEXT }, { file: FLAGS, text }];
    each.kubelet.rehearsal = { accepted: false, words: 'failed to parse kubelet flag: unknown flag: --pod-infra-container-image' };
  });
  const { id, fix, notes } = first(evidence);
  assert.equal(id, 'unknown-flag');
  assert.match(notes.join(), /1\.35/);
  assert.ok(fix?.kind === 'edit');
  const [edit] = fix.edits;
  assert.equal(edit && text.slice(0, edit.offset) + edit.insert + text.slice(edit.offset + edit.remove), 'KUBELET_KUBEADM_ARGS="--v=1"\n');
});

test('a drop-in that is gone leaves a kubelet without its files', () => {
  const evidence = changed((each) => Object.assign(unitOf(each), { argv: ['/usr/bin/kubelet'], sources: [{ file: '/lib/systemd/system/kubelet.service', text: '[Service]\nExecStart=/usr/bin/kubelet\n' }] }));
  assert.equal(first(evidence).id, 'drop-in-lost');
});

test('an edited unit that systemd has not read is the cause while the kubelet is down, and a warning while it runs', () => {
  const edited = (active: string): Evidence => changed((evidence) => Object.assign(unitOf(evidence), { needsReload: true, active, exitStatus: active === 'active' ? 0 : 203 }));
  assert.equal(first(edited('activating')).id, 'daemon-reload');
  assert.deepEqual(diagnose(edited('active')).warnings.map(({ id }) => id), ['reload-pending']);
});

const SILENT: Partial<NonNullable<Evidence['runtime']>> = { answers: false, words: 'the container runtime does not answer', socket: 'missing', sockets: [] };
const unit = (state: object): NonNullable<NonNullable<Evidence['runtime']>['unit']> => ({ name: 'containerd.service', load: 'loaded', active: 'active', sub: 'running', result: 'success', file: 'enabled', needsReload: false, restarts: 0, ...state });

test('a runtime that is stopped, and one that is asked at a wrong address', () => {
  const stopped = first(changed((evidence) => Object.assign(runtimeOf(evidence), SILENT, { unit: unit({ active: 'inactive' }) })));
  assert.deepEqual([stopped.id, ...commandsOf(stopped)], ['runtime-stopped', 'systemctl start containerd']);
  const elsewhere = first(changed((evidence) => {
    Object.assign(runtimeOf(evidence), SILENT, { unit: unit({}), endpoint: 'unix:///var/run/dockershim.sock', sockets: ['unix:///run/containerd/containerd.sock'] });
    evidence.kubelet.files = { '/var/lib/kubelet/config.yaml': 'sum' };
    evidence.kubelet.settings = { containerRuntimeEndpoint: { value: 'unix:///var/run/dockershim.sock', where: { file: '/var/lib/kubelet/config.yaml', line: 3 }, bytes: { offset: 40, length: 31 } } };
  }));
  assert.equal(elsewhere.component, 'kubelet');
  assert.deepEqual(elsewhere.fix, { kind: 'edit', file: '/var/lib/kubelet/config.yaml', sha256: 'sum', edits: [{ offset: 40, remove: 31, insert: 'unix:///run/containerd/containerd.sock' }] });
});

test("containerd's configuration: CRI off, no TOML, tables that have no effect", () => {
  const config = (text: string, answers: boolean): Evidence => changed((evidence) => {
    Object.assign(runtimeOf(evidence), answers ? {} : SILENT, { unit: unit({ active: answers ? 'active' : 'activating' }) });
    evidence.texts[CONTAINERD] = text;
  });
  const off = first(config('version = 2\ndisabled_plugins = ["cri"]\n', false));
  assert.deepEqual([off.id, off.where[0]?.line], ['cri-disabled', 2]);
  const broken = first(config('version = 3\n[plugins.\n', false));
  assert.deepEqual([broken.id, broken.where[0]?.line], ['runtime-config', 2]);
  const old = "version = 3\n[plugins.'io.containerd.grpc.v1.cri'.containerd]\n  snapshotter = \"native\"\n";
  assert.deepEqual(diagnose(config(old, true)).warnings.map(({ id }) => id), ['runtime-tables']);
  const fine = "# a comment [\nversion = 3\nimports = [\n  '/etc/containerd/conf.d/*.toml',\n]\n[plugins.'io.containerd.cri.v1.images'.pinned_images]\n  sandbox = 'registry.k8s.io/pause:3.10' # the pause\n";
  assert.deepEqual(diagnose(config(fine, true)).warnings, []);
});

test('runc without its x bit is told with the command that gives it back', () => {
  const cause = first(changed((evidence) => Object.assign(runtimeOf(evidence), { unit: unit({}), runc: { path: '/usr/sbin/runc', program: 'not executable' } })));
  assert.deepEqual([cause.id, ...commandsOf(cause)], ['runc', 'chmod 755 /usr/sbin/runc']);
});

test('a port that another process holds is told with the process', () => {
  const evidence = changed((each) => {
    const pod = each.pods.find(({ name }) => name === 'kube-scheduler') ?? assert.fail();
    pod.state = 'restarting';
    Object.assign(pod.containers[0] ?? assert.fail(), { state: 'exited', words: 'Error: failed to create listener: failed to listen on 0.0.0.0:10259: listen tcp 0.0.0.0:10259: bind: address already in use' });
    each.host.listening = [{ address: '0.0.0.0', port: 10259, pid: 812, program: '/usr/bin/openssl' }];
  });
  assert.equal(first(evidence).verdict, 'its port 10259 is held by openssl (PID 812)');
});

test('a kubelet without its file: the copy of kubeadm comes back; before kubeadm join nothing is missing', () => {
  const without = (change: (evidence: Evidence) => void): Cause => first(changed((evidence) => {
    evidence.kubelet.config = false;
    delete evidence.kubelet.settings;
    unitOf(evidence).active = 'activating';
    change(evidence);
  }));
  const backup = '/etc/kubernetes/tmp/kubeadm-kubelet-config-2026-10-13/config.yaml';
  assert.deepEqual(without((evidence) => void Object.assign(evidence.kubelet, { backups: [backup] })).fix, { kind: 'copy', file: '/var/lib/kubelet/config.yaml', from: backup });
  const fresh = without((evidence) => {
    evidence.pods = [];
    evidence.directory.entries = [];
    evidence.kubeconfigs = [];
  });
  assert.match(fresh.notes.join(), /has not joined/);
});

test('DNS of another cluster and a resolv.conf that is not there', () => {
  const dns = (value: string): string[] => diagnose(changed((evidence) => {
    evidence.kubelet.settings = { clusterDNS: { value: [value] } };
    for (const entry of evidence.directory.entries) if (entry.pod?.name === 'kube-apiserver') entry.containers = [{ name: 'kube-apiserver', image: '', command: ['kube-apiserver', '--service-cluster-ip-range=10.96.0.0/12'] }];
  })).warnings.map(({ id }) => id);
  assert.deepEqual([dns('10.96.0.10'), dns('10.100.0.53'), dns('169.254.20.10'), dns('10.96.0.1'), dns('10.43.0.10')], [[], [], [], ['cluster-dns'], ['cluster-dns']]);
  const resolver = changed((evidence) => {
    evidence.paths['/run/systemd/resolve/resolv.conf'] = null;
    evidence.kubelet.settings = { resolvConf: { value: '/run/systemd/resolve/resolv.conf', where: { file: '/var/lib/kubelet/config.yaml', line: 42 } } };
  });
  assert.deepEqual(commandsOf(first(resolver)), ['kcfg set resolvConf /etc/resolv.conf']);
});

test('a masked unit has no flags: that it is masked is all that is told', () => {
  const { causes } = diagnose(changed((evidence) => {
    Object.assign(unitOf(evidence), { load: 'masked', active: 'inactive', argv: [] });
    evidence.kubelet.healthy = false;
    evidence.kubelet.findings = [{ id: 'no-kubeconfig', severity: 'error', message: 'no kubeconfig', where: [], notes: [], help: [] }];
  }));
  assert.deepEqual(causes.map(({ id }) => id), ['masked']);
});

test('an image under the tag of another one has no such program', () => {
  const words = 'failed to start containerd task "x": OCI runtime create failed: runc create failed: exec: "kube-scheduler": executable file not found in $PATH';
  const { id, verdict, fix } = first(changed((evidence) => {
    const pod = evidence.pods.find(({ name }) => name === 'kube-scheduler') ?? assert.fail();
    pod.state = 'down';
    Object.assign(pod.containers[0] ?? assert.fail(), { state: 'exited', reason: 'StartError', exitCode: 128, message: words, made: { image: 'registry.k8s.io/kube-scheduler:v1.37.2', command: ['kube-scheduler', '--v=1'] } });
  }));
  assert.deepEqual([id, verdict, fix], ['image', 'its image has no program kube-scheduler', { kind: 'commands', commands: ['crictl rmi registry.k8s.io/kube-scheduler:v1.37.2', 'crictl pull registry.k8s.io/kube-scheduler:v1.37.2'] }]);
});

test('the configuration is gone and the cluster has a copy: kubeadm fetches it, and wants a file to keep first', () => {
  const gone = changed((evidence) => {
    evidence.kubelet.config = false;
    unitOf(evidence).active = 'activating';
  });
  assert.deepEqual([first(gone).id, commandsOf(first(gone))], ['no-config', ['touch /var/lib/kubelet/config.yaml', 'kubeadm upgrade node phase kubelet-config', 'systemctl restart kubelet']]);
});
