/**
 * Pins of three control planes, released one node after the other, as a script would do it: no request through a balancer
 * that checks /readyz is lost, also where etcd's leader goes, and the command ends when etcd is whole again. The API servers
 * have a shutdown delay: without one they drop, at each stop, what they took in their last moment.
 */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { openLab, type Balancer, type Lab, type LabNode } from '../node.ts';

const STATIC = '/etc/kubernetes/static';
/** A read that needs the quorum of etcd. */
const READ = '/api/v1/namespaces/kube-system';

let lab: Lab;
let nodes: LabNode[];
let balancer: Balancer;
before(async () => {
  // the balancer asks each 0.5 s, and believes the second answer: time enough to see that /readyz fails
  lab = await openLab({ apiServer: 'shutdown-delay-duration=5s' });
  nodes = [];
  for (const name of ['cp1', 'cp2', 'cp3']) nodes.push(await lab.controlPlane(name, { kcfg: true }));
  balancer = await lab.balancer();
  for (const node of nodes) {
    const { code, stderr } = await node.run(['kcfg', 'set', 'staticPodPath', STATIC, '--yes', '--quiet'], { timeout: 240_000 });
    assert.equal(code, 0, stderr);
  }
});
after(() => lab.close());

const node = (name: string): LabNode => nodes.find((each) => each.name === name) ?? assert.fail(name);
const isLeader = async (of: LabNode): Promise<boolean> => /^etcd_server_is_leader 1$/m.test((await of.run(['curl', '-s', 'http://127.0.0.1:2381/metrics'])).stdout);

interface Outcome {
  result: string;
  probes: { awaySeconds: number };
  checks: { name: string; ok?: boolean; detail: string }[];
}

test('one member of etcd that is away already: the next is refused, and nothing is touched', { timeout: 240_000 }, async () => {
  const [cp1, cp3] = [node('cp1'), node('cp3')];
  const before = (await cp1.containers()).map(({ id }) => id).sort();
  await cp3.stop('hard');
  // a peer counts as lost at the first message that does not reach it
  for (let look = 0; (await cp1.run(['kcfg', 'unpin', '--dry-run'])).code === 0; look++) assert.ok(look < 10, 'cp3 is off');
  const refused = await cp1.run(['kcfg', 'unpin', '--yes']);
  assert.equal(refused.code, 1, refused.stdout);
  assert.match(refused.stderr, /^error\[no-quorum\]: etcd of cp1 cannot be spared: 1 of 2 other members are connected$/m);
  assert.match(refused.stderr, /^Nothing was changed\.$/m);
  assert.deepEqual((await cp1.containers()).map(({ id }) => id).sort(), before);
  // kube-apiserver alone takes no member of etcd away
  assert.equal((await cp1.run(['kcfg', 'unpin', 'kube-apiserver', '--dry-run'])).code, 0);
  await cp3.start();
});

test('three nodes one after the other: not one request through the balancer is lost', { timeout: 480_000 }, async (t) => {
  const polling = await balancer.poll(READ);
  let leaders = 0;
  for (const each of nodes) {
    if (await isLeader(each)) leaders++;
    const { code, stdout, stderr } = await each.run(['kcfg', 'unpin', '--yes', '-o', 'json'], { timeout: 240_000 });
    assert.equal(code, 0, stderr);
    const { result, probes, checks } = JSON.parse(stdout) as Outcome;
    assert.equal(result, 'done');
    assert.deepEqual(checks.filter(({ ok }) => ok === false), []);
    assert.equal(checks.find(({ name }) => name === 'etcd')?.detail, '3 of 3 connected');
    assert.equal(checks.find(({ name }) => name === 'api-server')?.ok, true);
    t.diagnostic(`${each.name}: its own API server away for ${probes.awaySeconds} s`);
    const status = JSON.parse((await each.run(['kcfg', 'status', '-o', 'json'])).stdout) as { pods: { pinned: string | null; state: string }[] };
    assert.deepEqual(status.pods.map(({ pinned, state }) => [pinned, state]), Array(4).fill([null, 'running']));
  }
  const { sent, failed, outages, why } = await polling.stop();
  t.diagnostic(`through the balancer: ${sent} requests, ${failed} failed; the leader of etcd went ${leaders} times`);
  assert.equal(failed, 0, JSON.stringify({ outages, why }));
  assert.ok(sent > 500, `${sent} requests`);
  assert.ok(leaders > 0, 'one of them was the leader');
});
