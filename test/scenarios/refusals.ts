/**
 * What kcfg refuses, as data: the same list runs on the sandbox and on the lab. Each begins on a fresh healthy control
 * plane; after each the node is as it was: every byte, owner, mode, time and inode, the kubelet's process, containers.
 */
export interface ScenarioNode {
  /** Runs one of the node's own programs; its exit status does not matter. */
  run(argv: readonly [string, ...string[]]): Promise<void>;
  read(path: string): Promise<string>;
  /** Makes missing parents. Mode 0600. Written hidden and renamed, as editors do. */
  write(path: string, text: string): Promise<void>;
  /** 0700, parents too. */
  mkdir(path: string): Promise<void>;
  /** Files, links, and directories with all in them. */
  remove(path: string): Promise<void>;
  link(path: string, target: string): Promise<void>;
  chmod(path: string, mode: number): Promise<void>;
  /** Waits until the runtime has as many READY sandboxes of this pod. */
  sandboxes(pod: string, count: number): Promise<void>;
  /** The API server answers no one from now on. Sandbox only. */
  apiDown(): Promise<void>;
}

export interface Refusal {
  name: string;
  arrange?(node: ScenarioNode): Promise<void>;
  argv: readonly string[];
  exit: number;
  /** The name in brackets. Absent: no error. */
  code?: string;
  /** Each is on screen. */
  says: readonly RegExp[];
  /** The node itself is at work on what was arranged: its containers come and go without kcfg. */
  restless?: true;
  /** What the other kind of node cannot do; `because` says why. */
  only?: 'lab' | 'sandbox';
  because?: string;
}

const MANIFESTS = '/etc/kubernetes/manifests';
const CONFIG = '/var/lib/kubelet/config.yaml';
const DROP_INS = '/etc/kubernetes/kubelet.conf.d';
const PIN_OF_CP9 = `  # Pinned by kcfg, change 1, node cp9: the kubelet keeps this pod, and
  # ignores most edits of this file. To edit: kcfg unpin kube-scheduler
  uid: 0123456789abcdef0123456789abcdef
`;
const UNCHANGED = /^Nothing was changed\.$/m;
const to = (path: string, ...more: string[]): readonly string[] => ['set', 'staticPodPath', path, '--yes', ...more];
const toStatic = to('/etc/kubernetes/static');

async function edit(node: ScenarioNode, path: string, change: (text: string) => string): Promise<void> {
  const text = await node.read(path);
  const changed = change(text);
  if (changed === text) throw new Error(`${path} is as before: the scenario does nothing`);
  await node.write(path, changed);
}

async function useFlags(node: ScenarioNode, flags: string): Promise<void> {
  await node.write('/etc/default/kubelet', `KUBELET_EXTRA_ARGS=${flags}\n`);
  await node.run(['systemctl', 'restart', 'kubelet']);
}

const PATHS: Refusal[] = [
  { name: 'a relative path', argv: to('etc/static'), exit: 4, code: 'relative-path', says: [/etc\/static is not an absolute path/, /\/var\/lib\/kubelet\/etc\/static/, /help: begin with \//, UNCHANGED] },
  { name: 'an empty path', argv: to(''), exit: 4, code: 'relative-path', says: [UNCHANGED] },
  { name: 'a path with *', argv: to('/etc/kubernetes/stat*'), exit: 4, code: 'unusable-path', says: [/cannot read a directory with \* in its path/, /glob pattern/, UNCHANGED] },
  { name: 'a path with ..', argv: to('/etc/kubernetes/../static'), exit: 4, code: 'unusable-path', says: [/use \/etc\/static/, UNCHANGED] },
  { name: 'the present path', argv: to(MANIFESTS), exit: 0, says: [/^Nothing to do: staticPodPath is \/etc\/kubernetes\/manifests already\.$/m] },
  { name: 'the present path with a slash behind it', argv: to(`${MANIFESTS}/`), exit: 0, says: [/^Nothing to do/m] },
  {
    name: 'the present directory by a link',
    arrange: (node) => node.link('/etc/kubernetes/other', MANIFESTS),
    argv: to('/etc/kubernetes/other'),
    exit: 1,
    code: 'same-directory',
    says: [/\/etc\/kubernetes\/other is \/etc\/kubernetes\/manifests by another name/, UNCHANGED],
  },
  {
    name: 'the present directory through a linked parent',
    arrange: (node) => node.link('/etc/k8s', 'kubernetes'),
    argv: to('/etc/k8s/manifests'),
    exit: 1,
    code: 'same-directory',
    says: [/by another name/, UNCHANGED],
  },
  {
    name: 'the present directory by a bind mount',
    async arrange(node) {
      await node.mkdir('/etc/kubernetes/other');
      await node.run(['mount', '--bind', MANIFESTS, '/etc/kubernetes/other']);
    },
    argv: to('/etc/kubernetes/other'),
    exit: 1,
    code: 'same-directory',
    says: [/by another name/, /mounted twice/, UNCHANGED],
    only: 'lab',
    because: 'a mount needs root and a mount namespace of its own',
  },
  { name: 'a directory above the present one', argv: to('/etc/kubernetes'), exit: 1, code: 'nested-path', says: [/is above \/etc\/kubernetes\/manifests/, UNCHANGED] },
  { name: 'a directory below the present one', argv: to(`${MANIFESTS}/static`), exit: 1, code: 'nested-path', says: [/is below \/etc\/kubernetes\/manifests/, UNCHANGED] },
  {
    name: 'a directory below the present one by a linked parent',
    arrange: (node) => node.link('/etc/pods', MANIFESTS),
    argv: to('/etc/pods/static'),
    exit: 1,
    code: 'nested-path',
    says: [/is below \/etc\/kubernetes\/manifests/, UNCHANGED],
  },
  { name: 'a file', arrange: (node) => node.write('/etc/kubernetes/static', 'a file\n'), argv: toStatic, exit: 1, code: 'not-a-directory', says: [/static is not a directory/, UNCHANGED] },
  { name: 'a directory whose parent is missing', argv: to('/etc/kubelet/pods'), exit: 1, code: 'not-a-directory', says: [/\/etc\/kubelet does not exist/, /mkdir -p \/etc\/kubelet$/m, UNCHANGED] },
  { name: 'a link to nothing', arrange: (node) => node.link('/etc/kubernetes/static', '/srv/none'), argv: toStatic, exit: 1, code: 'not-a-directory', says: [/link to nothing/, UNCHANGED] },
  {
    name: 'a link to another directory',
    async arrange(node) {
      await node.mkdir('/etc/kubernetes/real');
      await node.link('/etc/kubernetes/static', '/etc/kubernetes/real');
    },
    argv: toStatic,
    exit: 1,
    code: 'not-a-directory',
    says: [/static is a link/, /kcfg set staticPodPath \/etc\/kubernetes\/real/, UNCHANGED],
  },
  { name: 'a link that goes round in circles', arrange: (node) => node.link('/etc/kubernetes/static', 'static'), argv: toStatic, exit: 1, code: 'link-loop', says: [/round in circles/, /see no static pods\s+at all/, UNCHANGED] },
  {
    name: 'a path below a link that goes round in circles',
    arrange: (node) => node.link('/etc/kubernetes/loop', 'loop'),
    argv: to('/etc/kubernetes/loop/static'),
    exit: 1,
    code: 'link-loop',
    says: [/\/etc\/kubernetes\/loop/, UNCHANGED],
  },
  { name: 'a directory below /tmp', argv: to('/tmp/static'), exit: 1, code: 'volatile-directory', says: [/nothing is kept for good below \/tmp/, UNCHANGED] },
  { name: 'a directory below /run', argv: to('/run/static'), exit: 1, code: 'volatile-directory', says: [/nothing is kept for good below \/run/, UNCHANGED] },
  {
    name: 'a directory on a tmpfs',
    async arrange(node) {
      await node.mkdir('/srv/memory');
      await node.run(['mount', '-t', 'tmpfs', 'tmpfs', '/srv/memory']);
    },
    argv: to('/srv/memory/static'),
    exit: 1,
    code: 'volatile-directory',
    says: [/does not survive a reboot/, UNCHANGED],
    only: 'lab',
    because: 'a mount needs root and a mount namespace of its own',
  },
  {
    name: 'a read-only filesystem',
    async arrange(node) {
      await node.mkdir('/srv/fixed');
      await node.run(['mount', '--bind', '/srv/fixed', '/srv/fixed']);
      await node.run(['mount', '-o', 'remount,bind,ro', '/srv/fixed']);
    },
    argv: to('/srv/fixed/static'),
    exit: 1,
    code: 'read-only',
    says: [/read-only filesystem/, UNCHANGED],
    only: 'lab',
    because: 'a mount needs root and a mount namespace of its own',
  },
  {
    name: 'a directory that others may write to',
    async arrange(node) {
      await node.mkdir('/etc/kubernetes/static');
      await node.chmod('/etc/kubernetes/static', 0o777);
    },
    argv: toStatic,
    exit: 1,
    code: 'unsafe-owner',
    says: [/others may write to \/etc\/kubernetes\/static/, /mode 0777/, /chmod go-w/, UNCHANGED],
  },
  {
    name: 'a directory whose parent others may write to',
    async arrange(node) {
      await node.mkdir('/srv/pods');
      await node.chmod('/srv/pods', 0o775);
    },
    argv: to('/srv/pods/static'),
    exit: 1,
    code: 'unsafe-owner',
    says: [/others may write to \/srv\/pods/, UNCHANGED],
  },
  { name: 'a directory with a stray file', arrange: (node) => node.write('/etc/kubernetes/static/notes.txt', 'x\n'), argv: toStatic, exit: 1, code: 'stray-file', says: [/is not empty: it has notes\.txt/, UNCHANGED] },
  {
    name: 'a directory with a manifest of the same pod',
    arrange: async (node) => node.write('/etc/kubernetes/static/etcd-new.yaml', await node.read(`${MANIFESTS}/etcd.yaml`)),
    argv: toStatic,
    exit: 1,
    code: 'duplicate-pod',
    says: [/has a manifest of kube-system\/etcd already/, UNCHANGED],
  },
];

const FILES: Refusal[] = [
  {
    name: 'kube-apiserver.yaml.bak beside the real one',
    arrange: async (node) => node.write(`${MANIFESTS}/kube-apiserver.yaml.bak`, await node.read(`${MANIFESTS}/kube-apiserver.yaml`)),
    argv: toStatic,
    exit: 1,
    code: 'duplicate-pod',
    says: [/two files define the pod kube-system\/kube-apiserver/, /kube-apiserver\.yaml\.bak/, /last name wins, here kube-apiserver\.yaml\.bak/, UNCHANGED],
    restless: true,
  },
  {
    name: 'a manifest that does not parse',
    arrange: (node) => edit(node, `${MANIFESTS}/kube-scheduler.yaml`, (text) => text.replace('metadata:', 'metadata: {')),
    argv: toStatic,
    exit: 4,
    code: 'invalid-manifest',
    says: [/--> \/etc\/kubernetes\/manifests\/kube-scheduler\.yaml:\d+/, UNCHANGED],
    restless: true,
  },
  { name: 'a file that is no manifest', arrange: (node) => node.write(`${MANIFESTS}/README`, 'Do not edit.\n'), argv: toStatic, exit: 4, code: 'invalid-manifest', says: [/\/etc\/kubernetes\/manifests\/README/, UNCHANGED] },
  { name: 'a directory among the manifests', arrange: (node) => node.mkdir(`${MANIFESTS}/old`), argv: toStatic, exit: 1, code: 'stray-file', says: [/old in \/etc\/kubernetes\/manifests is no manifest/, UNCHANGED] },
  {
    name: 'a manifest that is a link',
    async arrange(node) {
      await node.write('/srv/web.yaml', 'apiVersion: v1\nkind: Pod\nmetadata:\n  name: web\nspec:\n  containers:\n  - name: web\n    image: web\n');
      await node.link(`${MANIFESTS}/web.yaml`, '/srv/web.yaml');
    },
    argv: toStatic,
    exit: 1,
    code: 'stray-file',
    says: [/web\.yaml is a link/, UNCHANGED],
    restless: true,
  },
  {
    name: 'a manifest with two documents',
    arrange: (node) => edit(node, `${MANIFESTS}/kube-scheduler.yaml`, (text) => `${text}---\nkind: Pod\n`),
    argv: toStatic,
    exit: 1,
    code: 'cannot-pin',
    says: [/2 documents/, UNCHANGED],
  },
  {
    name: 'a manifest with a config.mirror annotation',
    arrange: (node) => edit(node, `${MANIFESTS}/kube-scheduler.yaml`, (text) => text.replace('\nmetadata:\n', '\nmetadata:\n  annotations:\n    kubernetes.io/config.mirror: abc\n')),
    argv: toStatic,
    exit: 1,
    code: 'mirror-annotation',
    says: [/kube-scheduler\.yaml carries kubernetes\.io\/config\.mirror/, UNCHANGED],
    restless: true,
  },
  {
    name: 'a pod that is not running',
    // etcd still runs, and no API server has to be waited for
    arrange: async (node) => {
      await edit(node, `${MANIFESTS}/kube-scheduler.yaml`, (text) => text.replace('--leader-elect=', '--leader-elected='));
      await node.sandboxes('kube-scheduler', 1);
    },
    argv: toStatic,
    exit: 1,
    code: 'pod-not-running',
    says: [/kube-scheduler-\S+ (does not run|is not up yet)/, /--force pod-not-running/, UNCHANGED],
    restless: true,
  },
  {
    name: 'a pod with two READY sandboxes',
    restless: true,
    async arrange(node) {
      await node.apiDown();
      await node.run(['systemctl', 'stop', 'kubelet']);
      await edit(node, `${MANIFESTS}/kube-scheduler.yaml`, (text) => text.replace('--leader-elect=true', '--leader-elect=false'));
      await node.run(['systemctl', 'start', 'kubelet']);
      await node.sandboxes('kube-scheduler', 2);
    },
    argv: toStatic,
    exit: 1,
    code: 'several-sandboxes',
    says: [/kube-scheduler-\S+ runs 2 times/, UNCHANGED],
    only: 'sandbox',
    because: 'it needs an API server that is down while its container runs',
  },
  {
    name: 'a pod whose manifest was taken away while the kubelet was stopped and the API server down',
    restless: true,
    async arrange(node) {
      await node.apiDown();
      await node.run(['systemctl', 'stop', 'kubelet']);
      await node.remove(`${MANIFESTS}/kube-scheduler.yaml`);
      await node.run(['systemctl', 'start', 'kubelet']);
      await node.sandboxes('kube-scheduler', 1);
    },
    argv: toStatic,
    exit: 1,
    code: 'pod-without-manifest',
    says: [/kube-scheduler-\S+ runs, and no file in \/etc\/kubernetes\/manifests defines it/, UNCHANGED],
    only: 'sandbox',
    because: 'it needs an API server that is down while its container runs',
  },
  {
    name: 'a pin of another node',
    arrange: (node) => edit(node, `${MANIFESTS}/kube-scheduler.yaml`, (text) => text.replace('\nmetadata:\n', `\nmetadata:\n${PIN_OF_CP9}`)),
    argv: toStatic,
    exit: 1,
    code: 'foreign-pin',
    says: [/kube-scheduler\.yaml is pinned to a pod of cp9/, UNCHANGED],
    restless: true,
  },
];

const SETTINGS: Refusal[] = [
  {
    name: '--pod-manifest-path',
    arrange: (node) => useFlags(node, `--pod-manifest-path=${MANIFESTS}`),
    argv: toStatic,
    exit: 1,
    code: 'shadowed-by-flag',
    says: [/--pod-manifest-path wins over every file/, /--> \/etc\/default\/kubelet:1/, UNCHANGED],
  },
  {
    name: 'a drop-in is asked for, and none sets the path',
    async arrange(node) {
      await node.write(`${DROP_INS}/20-images.conf`, 'apiVersion: kubelet.config.k8s.io/v1beta1\nkind: KubeletConfiguration\nregistryPullQPS: 10\n');
      await useFlags(node, `--config-dir=${DROP_INS}`);
    },
    argv: [...toStatic, '--layer', 'drop-in'],
    exit: 1,
    code: 'not-supported',
    says: [/no drop-in sets staticPodPath/, /config\.yaml:\d+/, UNCHANGED],
  },
  { name: 'a path on disk that is not in force', arrange: (node) => edit(node, CONFIG, (text) => text.replace(MANIFESTS, '/srv/elsewhere')), argv: toStatic, exit: 1, code: 'not-in-force', says: [/running: \/etc\/kubernetes\/manifests; on disk: \/srv\/elsewhere/, UNCHANGED] },
  { name: 'a config file that is not YAML', arrange: (node) => node.write(CONFIG, 'kind: KubeletConfiguration\n\tstaticPodPath: {\n'), argv: toStatic, exit: 4, code: 'invalid-yaml', says: [/--> \/var\/lib\/kubelet\/config\.yaml:\d/, UNCHANGED] },
  { name: 'an empty config file', arrange: (node) => node.write(CONFIG, ''), argv: toStatic, exit: 4, code: 'empty-config', says: [/\/var\/lib\/kubelet\/config\.yaml/, UNCHANGED] },
  { name: 'a config file with the key twice', arrange: async (node) => node.write(CONFIG, `${await node.read(CONFIG)}staticPodPath: /srv/other\n`), argv: toStatic, exit: 4, code: 'duplicate-key', says: [/staticPodPath/, /config\.yaml:\d+/, UNCHANGED] },
  {
    name: 'a config file that is a link',
    async arrange(node) {
      await node.write('/etc/kubelet/config.yaml', await node.read(CONFIG));
      await node.remove(CONFIG);
      await node.link(CONFIG, '/etc/kubelet/config.yaml');
    },
    argv: toStatic,
    exit: 1,
    code: 'config-is-link',
    says: [/--> \/var\/lib\/kubelet\/config\.yaml: -> \/etc\/kubelet\/config\.yaml|config\.yaml.*\/etc\/kubelet\/config\.yaml/, UNCHANGED],
  },
  { name: 'no config file', arrange: (node) => node.remove(CONFIG), argv: toStatic, exit: 1, code: 'no-kubelet', says: [/the kubelet configuration is missing/, UNCHANGED] },
  {
    name: 'a configuration that this kubelet refuses',
    arrange: (node) => edit(node, CONFIG, (text) => `${text}maxPods: many\n`),
    argv: toStatic,
    exit: 1,
    code: 'rejected-by-kubelet',
    says: [/this kubelet would not start with the new configuration/, /the kubelet says: .*maxPods/s, UNCHANGED],
  },
];

const MACHINE: Refusal[] = [
  {
    name: 'no kubelet',
    async arrange(node) {
      await node.remove('/usr/lib/systemd/system/kubelet.service');
      await node.run(['systemctl', 'daemon-reload']);
    },
    argv: toStatic,
    exit: 1,
    code: 'no-kubelet',
    says: [/systemd has no kubelet\.service/, UNCHANGED],
  },
  { name: 'a kubelet that does not run', arrange: (node) => node.run(['systemctl', 'stop', 'kubelet']), argv: toStatic, exit: 1, code: 'kubelet-down', says: [/kubelet/, UNCHANGED] },
  { name: 'RKE2', arrange: (node) => node.mkdir('/etc/rancher/rke2'), argv: toStatic, exit: 1, code: 'not-supported', says: [/RKE2 manages the kubelet/, UNCHANGED] },
  { name: 'k3s', arrange: (node) => node.mkdir('/etc/rancher/k3s'), argv: toStatic, exit: 1, code: 'not-supported', says: [/k3s manages the kubelet/, UNCHANGED] },
  { name: 'containerd is down', arrange: (node) => node.run(['systemctl', 'stop', 'containerd']), argv: toStatic, exit: 1, code: 'runtime-down', says: [/containerd\.sock/, UNCHANGED] },
  { name: 'a user who is not root', argv: toStatic, exit: 1, code: 'not-root', says: [/kcfg must be root/, UNCHANGED], only: 'lab', because: 'a pretend node needs no root; harnesses run this one as another user' },
];

export const REFUSALS: readonly Refusal[] = [...PATHS, ...FILES, ...SETTINGS, ...MACHINE];
