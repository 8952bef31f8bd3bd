import assert from 'node:assert/strict';
import { create, fromBinary, toBinary } from '@bufbuild/protobuf';
import { test } from 'node:test';
import { openCri } from '../../../src/host/cri.ts';
import * as api from '../../../src/host/gen/api_pb.ts';
import { frame, refuse, reply, serveGrpc, type Call } from './grpc-server.ts';
import { kcfgError, makeTree } from './tree.ts';

const { at } = makeTree();
const ENDPOINT = 'unix:///run/containerd/containerd.sock';
let count = 0;
async function runtime(answer: (call: Call) => void): Promise<ReturnType<typeof openCri>> {
  const socket = at(`/${++count}.sock`);
  await serveGrpc(socket, answer);
  return openCri(ENDPOINT, socket);
}

test('pods, containers and the state of one are read from runtime.v1', async () => {
  const cri = await runtime((call) => {
    const answers: Record<string, () => Uint8Array> = {
      '/runtime.v1.RuntimeService/Version': () => toBinary(api.VersionResponseSchema, create(api.VersionResponseSchema, { runtimeName: 'containerd', runtimeVersion: 'v2.1.4' })),
      '/runtime.v1.RuntimeService/ListPodSandbox': () =>
        toBinary(
          api.ListPodSandboxResponseSchema,
          create(api.ListPodSandboxResponseSchema, {
            items: [
              { id: 's1', metadata: { name: 'etcd-cp1', namespace: 'kube-system', uid: 'u1', attempt: 2 }, state: api.PodSandboxState.SANDBOX_READY, createdAt: 1_700_000_000_123_456_789n, annotations: { a: 'b' } },
              { id: 's2', state: api.PodSandboxState.SANDBOX_NOTREADY },
            ],
          }),
        ),
      '/runtime.v1.RuntimeService/ListContainers': () =>
        toBinary(
          api.ListContainersResponseSchema,
          create(api.ListContainersResponseSchema, {
            containers: [{ id: 'c1', podSandboxId: 's1', metadata: { name: 'etcd', attempt: 1 }, state: api.ContainerState.CONTAINER_RUNNING, image: { image: 'etcd:3.6' }, labels: { 'io.kubernetes.pod.uid': 'u1', 'io.kubernetes.pod.name': 'etcd-cp1', 'io.kubernetes.pod.namespace': 'kube-system' } }],
          }),
        ),
      '/runtime.v1.RuntimeService/ContainerStatus': () => {
        const { containerId, verbose } = fromBinary(api.ContainerStatusRequestSchema, call.message);
        assert.ok(verbose, 'without it there is no PID');
        return toBinary(
          api.ContainerStatusResponseSchema,
          create(api.ContainerStatusResponseSchema, {
            status: { id: containerId, state: api.ContainerState.CONTAINER_EXITED, startedAt: 5n, finishedAt: 9n, exitCode: 137, reason: 'OOMKilled', logPath: '/var/log/pods/x' },
            info: { info: containerId === 'odd' ? 'no JSON' : '{"pid": 4711}' },
          }),
        );
      },
    };
    reply(call, frame(answers[call.method]?.() ?? assert.fail(call.method)));
  });
  assert.deepEqual(await cri.version(), { runtimeName: 'containerd', runtimeVersion: 'v2.1.4' });
  const [first, second] = await cri.sandboxes();
  assert.deepEqual({ ...first }, { id: 's1', name: 'etcd-cp1', namespace: 'kube-system', uid: 'u1', attempt: 2, ready: true, createdAt: '1700000000123456789', labels: {}, annotations: { a: 'b' } });
  assert.deepEqual([second?.ready, second?.name], [false, '']);
  const [container] = await cri.containers();
  assert.deepEqual([container?.state, container?.podUid, container?.podName, container?.image, container?.attempt], ['running', 'u1', 'etcd-cp1', 'etcd:3.6', 1]);
  const status = await cri.status('c1');
  assert.deepEqual(status, { state: 'exited', startedAt: '5', finishedAt: '9', exitCode: 137, reason: 'OOMKilled', message: '', logPath: '/var/log/pods/x', pid: 4711 });
  assert.equal((await cri.status('odd')).pid, undefined);
});

test('stopping gives the grace to the runtime and waits longer than it; a container that is gone is stopped', async () => {
  const calls: { id: string; timeout: bigint; header: unknown }[] = [];
  const cri = await runtime((call) => {
    const { containerId, timeout } = fromBinary(api.StopContainerRequestSchema, call.message);
    calls.push({ id: containerId, timeout, header: call.headers['grpc-timeout'] });
    if (containerId === 'gone') refuse(call, 5, 'not found');
    else if (containerId === 'stuck') refuse(call, 2, 'unable to kill');
    else reply(call, frame(new Uint8Array()));
  });
  await cri.stop('c1', 60);
  await cri.stop('gone', 1);
  await assert.rejects(cri.stop('stuck', 1), kcfgError('host-command', /refuses StopContainer: unable to kill/));
  assert.deepEqual(calls[0], { id: 'c1', timeout: 60n, header: '90000m' });
});

test('a runtime that is away, too old or unwell is told apart from one that refuses', async () => {
  const away = openCri(ENDPOINT, at('/missing.sock'));
  await assert.rejects(away.version(), (error: unknown) => {
    assert.ok(kcfgError('runtime-down', /does not answer at unix:\/\/\/run\/containerd\/containerd\.sock/)(error));
    assert.match((error as { help: string[] }).help.join(), /nothing listens there/);
    return true;
  });
  const statuses: Record<string, number> = { Version: 12, ListPodSandbox: 14, ListContainers: 4, ContainerStatus: 5 };
  const cri = await runtime((call) => refuse(call, statuses[call.method.split('/')[2] ?? ''] ?? 0, 'words'));
  await assert.rejects(cri.version(), kcfgError('runtime-down', /does not speak CRI v1/));
  await assert.rejects(cri.sandboxes(), kcfgError('runtime-down', /does not answer/));
  await assert.rejects(cri.containers(), kcfgError('runtime-down', /does not answer/));
  await assert.rejects(cri.status('x'), kcfgError('host-command', /refuses ContainerStatus: words/));
});

test('an answer that is no message of CRI is no crash', async () => {
  const cri = await runtime((call) => reply(call, frame(Buffer.from([0x0a, 0xff, 0xff]))));
  await assert.rejects(cri.sandboxes(), kcfgError('runtime-down', /does not speak CRI v1/));
});
