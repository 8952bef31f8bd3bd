/**
 * Any setting, on real kubelets: thirty fields of all types in and out again, values that would break a kubelet, drop-ins
 * and flags, and a worker without static pods that stays so through kubeadm. The kubelet's own /configz is the witness,
 * asked without kcfg.
 */
import assert from 'node:assert/strict';
import { mkdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { after, before, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { openLab, type Lab, type LabNode, type Run } from './node.ts';

const CONFIG = '/var/lib/kubelet/config.yaml';
const HEAD = 'apiVersion: kubelet.config.k8s.io/v1beta1\nkind: KubeletConfiguration\n';
const MANIFEST = 'apiVersion: v1\nkind: Pod\nmetadata:\n  name: web\nspec:\n  containers:\n  - name: web\n    image: nginx:1.14\n';

let lab: Lab;
let cp: LabNode;
let worker: LabNode;
before(async () => {
  lab = await openLab();
  cp = await lab.controlPlane('cp1', { kcfg: true });
  worker = await lab.worker('node2', { kcfg: true });
}, { timeout: 300_000 });
after(() => lab.close());

const kcfg = (node: LabNode, ...words: string[]): Promise<Run> => node.run(['kcfg', ...words]);
const exits = (run: Run, code: number): Run => {
  assert.equal(run.code, code, run.stdout + run.stderr);
  return run;
};
type Config = Record<string, unknown>;

/** As the kubelet itself tells it; right after a restart it may not yet know who asks. */
async function configz(node: LabNode): Promise<Config> {
  const pki = '/etc/kubernetes/pki/apiserver-kubelet-client';
  for (let look = 0; look < 60; look++) {
    const { code, stdout } = await node.run(['curl', '--silent', '--fail', '--insecure', '--cert', `${pki}.crt`, '--key', `${pki}.key`, 'https://127.0.0.1:10250/configz']);
    if (code === 0) return (JSON.parse(stdout) as { kubeletconfig: Config }).kubeletconfig;
    await sleep(250);
  }
  return assert.fail('no answer from /configz');
}

/** How often this kubelet was started since the boot. */
async function starts(node: LabNode): Promise<number> {
  const { stdout } = await node.run(['journalctl', '-u', 'kubelet', '-b', '-o', 'cat', '--grep', '^Started kubelet']);
  return stdout.trim().split('\n').length;
}

/** Bytes, owner, mode and time of a file, and the number of changes kcfg made: nothing was written where these stay. */
async function state(node: LabNode, file = CONFIG): Promise<unknown[]> {
  const { mode, uid, gid, mtimeMs } = statSync(node.file(file));
  const changes = JSON.parse(exits(await kcfg(node, 'history', '-o', 'json'), 0).stdout) as { changes: unknown[] };
  return [node.read(file), mode, uid, gid, mtimeMs, changes.changes.length];
}

/** Field → a legal value that is not the one in force, and how /configz writes it where that differs. */
const FIRST: Record<string, unknown> = {
  maxPods: 150,
  podsPerCore: 200,
  registryPullQPS: 0,
  registryBurst: 20,
  eventRecordQPS: 25,
  kubeAPIQPS: 60,
  kubeAPIBurst: 120,
  nodeStatusMaxImages: -1,
  podPidsLimit: 4096,
  maxOpenFiles: 500000,
  imageGCHighThresholdPercent: 90,
  imageGCLowThresholdPercent: 70,
  oomScoreAdj: -998,
  serializeImagePulls: false,
  maxParallelImagePulls: 4,
  seccompDefault: true,
  enableProfilingHandler: false,
  containerLogMaxSize: '20Mi',
  containerLogMaxFiles: 4,
  clusterDomain: 'lab.local',
  hairpinMode: 'hairpin-veth',
  topologyManagerScope: 'pod',
};
const SECOND: Record<string, unknown> = {
  syncFrequency: '45s',
  nodeStatusUpdateFrequency: '15s',
  imageMinimumGCAge: '3m0s',
  streamingConnectionIdleTimeout: '2h0m0s',
  cpuCFSQuotaPeriod: '50ms',
  clusterDNS: ['10.96.0.10', '10.96.0.11'],
  allowedUnsafeSysctls: ['net.core.somaxconn', 'kernel.msg*'],
  evictionSoft: { 'memory.available': '300Mi', 'nodefs.available': '12%' },
  evictionSoftGracePeriod: { 'memory.available': '1m30s', 'nodefs.available': '2m' },
  evictionMinimumReclaim: { 'nodefs.available': '500Mi' },
  kubeReserved: { cpu: '50m', memory: '64Mi' },
  systemReserved: { memory: '64Mi', pid: '100' },
  featureGates: { NodeSwap: true },
  registerWithTaints: [{ key: 'lab', value: 'yes', effect: 'PreferNoSchedule' }],
  shutdownGracePeriod: '20s',
  shutdownGracePeriodCriticalPods: '10s',
};
const NESTED: [field: string, value: unknown][] = [
  ['authentication.webhook.cacheTTL', '1m0s'],
  ['authorization.webhook.cacheAuthorizedTTL', '3m0s'],
  ['logging.verbosity', 3],
  ['memorySwap.swapBehavior', 'NoSwap'],
  ['crashLoopBackOff.maxContainerRestartPeriod', '2m0s'],
];

const at = (config: Config, field: string): unknown => field.split('.').reduce<unknown>((value, name) => (value as Config)?.[name], config);

test('more than thirty fields of all types: set, in force by the kubelet itself, rolled back to the byte; six restarts, no request fails', { timeout: 400_000 }, async (t) => {
  const before = await state(cp);
  const fresh = await configz(cp);
  const started = await starts(cp);
  const containers = await cp.containers();
  const poll = await cp.poll();
  const fragment = (values: Record<string, unknown>): string => `${HEAD}${Object.entries(values).map(([field, value]) => `${field}: ${JSON.stringify(value)}\n`).join('')}`;
  const batches: [string[], [string, unknown][]][] = [];
  for (const [name, values] of [['first', FIRST], ['second', SECOND]] as const) {
    writeFileSync(cp.file(`/root/${name}.yaml`), fragment(values));
    batches.push([['-f', `/root/${name}.yaml`], Object.entries(values)]);
  }
  batches.push([NESTED.map(([field, value]) => `${field}=${String(value)}`), NESTED]);
  let fields = 0;
  for (const [words, values] of batches) {
    const { stdout } = exits(await kcfg(cp, 'set', ...words, '--yes', '-o', 'json'), 0);
    const outcome = JSON.parse(stdout) as { checks: { name: string; ok: boolean }[] };
    assert.equal(outcome.checks.find((check) => check.name === 'settings')?.ok, true);
    const config = await configz(cp);
    for (const [field, value] of values) {
      assert.notDeepEqual(at(fresh, field), value, `${field} is what it was before`);
      assert.deepEqual(at(config, field), value, field);
    }
    fields += values.length;
    if (words[0] === '-f') assert.match(exits(await kcfg(cp, 'set', ...words, '--yes'), 0).stdout, /^Nothing to do/);
  }
  // one restart for each set; one more for the way back of each
  for (const id of ['3', '2', '1']) exits(await kcfg(cp, 'rollback', id, '--yes'), 0);
  const { sent, failed, outages } = await poll.stop();
  const restarts = (await starts(cp)) - started;
  t.diagnostic(`${fields} fields, ${restarts} restarts, ${sent} requests, ${failed} failed`);
  assert.ok(fields >= 30 && restarts <= 6, `${fields} fields in ${restarts} restarts`);
  assert.equal(failed, 0, JSON.stringify(outages));
  assert.equal((await state(cp))[0], before[0]);
  assert.deepEqual(await configz(cp), fresh);
  assert.deepEqual(await cp.containers(), containers);
});

/** What is typed, the refusal's name, and what the kubelet says when it is tried all the same. */
const BREAKING: [words: string[], name: string, says: RegExp][] = [
  [['maxPods=many'], 'type', /cannot unmarshal string into Go struct field KubeletConfiguration\.maxPods of type int32/],
  [['imageGCHighThresholdPercent=80', 'imageGCLowThresholdPercent=85'], 'image-gc-order', /must be less than imageGCHighThresholdPercent/],
  [['featureGates.NoSuchGate=true'], 'unknown-gate', /NoSuchGate/],
];

for (const [words, name, says] of BREAKING) {
  test(`${words.join(' ')}: refused before anything is written; with --force it fails, and is rolled back by itself`, { timeout: 200_000 }, async () => {
    const before = await state(cp);
    const containers = await cp.containers();
    const refused = exits(await kcfg(cp, 'set', ...words, '--yes'), 4);
    assert.match(refused.stderr, new RegExp(`error\\[${name}\\]`));
    assert.match(refused.stderr, /Nothing was changed\.\s*$/);
    assert.deepEqual(await state(cp), before);
    // the node's own kubelet is asked too, and says the same in its words
    const judged = exits(await kcfg(cp, 'set', ...words, '--yes', '--force', name), 1);
    assert.match(judged.stderr.replace(/\s+/g, ' '), says);
    assert.deepEqual(await state(cp), before);
    const poll = await cp.poll();
    const tried = exits(await kcfg(cp, 'set', ...words, '--yes', '--force', name, '--force', 'rejected-by-kubelet'), 5);
    const { failed, outages } = await poll.stop();
    assert.match(tried.stderr, /Everything is as before, byte for byte\./);
    assert.deepEqual((await state(cp)).slice(0, 5), before.slice(0, 5));
    assert.deepEqual(await cp.containers(), containers);
    assert.equal(failed, 0, JSON.stringify(outages));
  });
}

test('a policy whose state file is stale: set aside and back; tried with the file in place it fails and is rolled back', { timeout: 300_000 }, async () => {
  const words = ['cpuManagerPolicy=static', 'reservedSystemCPUs=0'];
  const file = '/var/lib/kubelet/cpu_manager_state';
  const before = await state(cp);
  const policy = (): string => (JSON.parse(cp.read(file)) as { policyName: string }).policyName;
  assert.equal(policy(), 'none');
  const { stdout } = exits(await kcfg(cp, 'set', ...words, '--dry-run'), 0);
  assert.match(stdout, /Set cpu_manager_state aside/);
  assert.match(stdout, /Drain cp1 first/);
  const tried = exits(await kcfg(cp, 'set', ...words, '--yes', '--force', 'state-file'), 5);
  assert.match(tried.stderr.replace(/\s+/g, ' '), /configured policy \\"static\\" differs from state checkpoint policy \\"none\\"/);
  assert.deepEqual((await state(cp)).slice(0, 5), before.slice(0, 5));
  exits(await kcfg(cp, 'set', ...words, '--yes'), 0);
  assert.equal(policy(), 'static');
  // by hand: the policy goes back in the file, the kubelet is not restarted, and its state file is now the stale one
  const changed = cp.read(CONFIG);
  writeFileSync(cp.file(CONFIG), changed.replace('cpuManagerPolicy: static', 'cpuManagerPolicy: none'));
  const refused = exits(await kcfg(cp, 'set', 'maxPods', '120', '--yes'), 4);
  assert.match(refused.stderr, /error\[state-file\]/);
  writeFileSync(cp.file(CONFIG), changed);
  exits(await kcfg(cp, 'rollback', '--yes'), 0);
  assert.equal(policy(), 'none');
  assert.equal(cp.read(CONFIG), before[0]);
});

test('a drop-in wins and is shown so; kcfg writes one and takes it away again; a flag wins over both and is edited where it stands', { timeout: 300_000 }, async () => {
  const before = cp.read(CONFIG);
  const origin = async (field: string): Promise<{ value: unknown; origin: { layer: string; file?: string; line?: number; flag?: string } }> => JSON.parse(exits(await kcfg(cp, 'get', field, '-o', 'json'), 0).stdout);
  exits(await kcfg(cp, 'set', 'maxPods', '140', '--layer', 'drop-in', '--yes'), 0);
  assert.equal((await configz(cp)).maxPods, 140);
  assert.deepEqual([(await origin('maxPods')).origin.layer, (await origin('maxPods')).origin.file], ['drop-in', '/etc/kubernetes/kubelet.conf.d/99-kcfg.conf']);
  assert.equal(cp.read(CONFIG), before);

  // one of someone else's, before kcfg's own in the order: a map merges, a list takes the place of the file's
  writeFileSync(cp.file('/etc/kubernetes/kubelet.conf.d/10-ours.conf'), `${HEAD}clusterDNS: [10.96.0.53]\nevictionHard: {memory.available: 250Mi}\nmaxPods: 1\n`);
  assert.match((await kcfg(cp, 'diff')).stdout, /^clusterDNS +\[10\.96\.0\.10\] +\[10\.96\.0\.53\]$/m);
  exits(await kcfg(cp, 'set', 'evictionHard.memory.available', '260Mi', '--yes'), 0);
  const config = await configz(cp);
  assert.deepEqual([config.clusterDNS, config.maxPods, at(config, 'evictionHard')], [['10.96.0.53'], 140, { ...(at(config, 'evictionHard') as Config), 'memory.available': '260Mi' }]);
  assert.match(cp.read('/etc/kubernetes/kubelet.conf.d/10-ours.conf'), /memory\.available: 260Mi/);

  writeFileSync(cp.file('/etc/default/kubelet'), `${cp.read('/etc/default/kubelet').trimEnd()} --max-pods=130\n`);
  await cp.run(['systemctl', 'restart', 'kubelet']);
  assert.equal((await configz(cp)).maxPods, 130);
  const { origin: flag } = await origin('maxPods');
  assert.deepEqual([flag.layer, flag.flag, flag.file, flag.line], ['flag', 'max-pods', '/etc/default/kubelet', 1]);
  exits(await kcfg(cp, 'set', 'maxPods', '125', '--yes'), 0);
  assert.equal((await configz(cp)).maxPods, 125);
  assert.match(cp.read('/etc/default/kubelet'), /--max-pods=125\n$/);

  rmSync(cp.file('/etc/default/kubelet'));
  rmSync(cp.file('/etc/kubernetes/kubelet.conf.d'), { recursive: true });
  await cp.run(['systemctl', 'restart', 'kubelet']);
  assert.equal((await configz(cp)).maxPods, 110);
});

test('STIG V-242397: a worker runs no static pods, named before any would stop, and stays so through kubeadm', { timeout: 400_000 }, async () => {
  assert.match(exits(await kcfg(cp, 'unset', 'staticPodPath', '--yes'), 1).stderr, /error\[pods-would-stop\]: 4 static pods would stop\n[\s\S]*they are etcd, kube-apiserver/);
  exits(await kcfg(worker, 'validate', '--rule', 'stig'), 3);
  mkdirSync(worker.file('/etc/kubernetes/manifests'), { recursive: true });
  writeFileSync(worker.file('/etc/kubernetes/manifests/web.yaml'), MANIFEST);
  const runs = async (number: number): Promise<void> => {
    for (let look = 0; look < 120; look++) {
      if ((await worker.containers()).length === number) return;
      await sleep(500);
    }
    assert.fail(`not ${number} containers within a minute`);
  };
  await runs(1);
  const refused = exits(await kcfg(worker, 'unset', 'staticPodPath', '--yes'), 1);
  assert.match(refused.stderr, /error\[pods-would-stop\]: 1 static pod would stop: web/);
  assert.match(refused.stderr, /kcfg unset staticPodPath --remove-pods web/);
  exits(await kcfg(worker, 'unset', 'staticPodPath', '--remove-pods', 'web', '--yes'), 0);
  await runs(0);
  exits(await kcfg(worker, 'validate', '--rule', 'stig'), 0);

  exits(await worker.run(['kubeadm', 'upgrade', 'node', '--skip-phases=preflight,addon']), 0);
  assert.match(worker.read(CONFIG), /^staticPodPath: ""$/m, 'kubeadm has written the file anew');
  await worker.run(['systemctl', 'restart', 'kubelet']);
  const { stdout } = exits(await kcfg(worker, 'validate', '--rule', 'stig', '-o', 'json'), 0);
  assert.equal((JSON.parse(stdout) as { result: string }).result, 'pass');
  await runs(0);
});
