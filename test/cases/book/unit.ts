/** The kubelet's unit, its drop-ins, its flags, and the runtime's. */
import { type Case, CONFIG, CONTAINERD, DROP_INS, FLAGS, KUBELET_CONF, RELOAD, RESTART, SCHEDULER, flag } from '../case.ts';

const UNIT = { class: 'systemd unit or drop-in broken', on: 'both', repair: 'command', settle: { kubelet: 'down' } } as const;
const DROP_IN = `${DROP_INS}/50-site.conf`;
const WRONG = '[Service]\nExecStart=\nExecStart=/usr/local/bin/kubelet $KUBELET_KUBECONFIG_ARGS $KUBELET_CONFIG_ARGS $KUBELET_KUBEADM_ARGS $KUBELET_EXTRA_ARGS\n';

export const unit: readonly Case[] = [
  { ...UNIT, on: 'lab', id: 'B117', name: 'ExecStart= names a program that is not there', break: [{ write: DROP_IN, text: WRONG }, RELOAD, RESTART], expect: { ids: ['no-program'], component: 'kubelet', file: DROP_IN, line: 'ExecStart=/usr/local' } },
  { ...UNIT, id: 'B118', name: 'the kubelet is stopped', break: [{ run: ['systemctl', 'stop', 'kubelet'] }], expect: { ids: ['stopped'], component: 'kubelet' } },
  { ...UNIT, id: 'B118m', name: 'the kubelet is stopped and masked', on: 'lab', break: [{ run: ['sh', '-ec', 'cp /etc/systemd/system/kubelet.service /usr/lib/systemd/system/kubelet.service; rm /etc/systemd/system/kubelet.service; systemctl daemon-reload; systemctl mask --now kubelet'] }], expect: { ids: ['masked'], component: 'kubelet' } },
  { ...UNIT, id: 'B118d', name: 'the kubelet is disabled: it waits for the next boot', on: 'lab', break: [{ run: ['systemctl', 'disable', 'kubelet'] }], settle: { seconds: 1 }, expect: { ids: [] }, repair: 'nothing' },
  { ...UNIT, on: 'lab', id: 'B119', name: "the kubelet's program is gone", break: [{ move: '/usr/bin/kubelet', to: '/root/kubelet' }, RESTART], expect: { ids: ['no-program'], component: 'kubelet' }, repair: 'person', says: /install/ },
  { ...UNIT, id: 'B122', name: 'the unit was mended, and systemd does not know it', on: 'lab', break: [{ write: DROP_IN, text: WRONG }, RELOAD, RESTART, { wait: { kubelet: 'down' } }, { remove: DROP_IN }], expect: { ids: ['daemon-reload', 'reload-pending'], component: 'kubelet' } },
  { ...UNIT, id: 'B124', name: 'started too often: systemd gave up', on: 'lab', break: [{ write: DROP_IN, text: '[Unit]\nStartLimitIntervalSec=600\nStartLimitBurst=3\n[Service]\nRestartSec=100ms\n' }, RELOAD, { edit: CONFIG, from: 'clusterDNS:', to: 'clusterDNS' }, RESTART, { wait: { seconds: 8 } }, { edit: CONFIG, from: 'clusterDNS', to: 'clusterDNS:' }], settle: { seconds: 2 }, expect: { ids: ['start-limit'], component: 'kubelet' } },
  { ...UNIT, class: 'kubeadm-flags.env broken', id: 'B127', name: '--pod-infra-container-image, removed in 1.35', break: [{ write: FLAGS, text: 'KUBELET_KUBEADM_ARGS="--pod-infra-container-image=registry.k8s.io/pause:3.10"\n' }, RESTART], expect: { ids: ['unknown-flag', 'removed', 'removed-flag'], component: 'kubelet', file: FLAGS, line: '--pod-infra' }, repair: 'recover' },
  { ...UNIT, class: 'kubeadm-flags.env broken', id: 'B128', name: 'flags without quotes: only the first is taken', on: 'lab', break: [{ edit: CONFIG, from: /^containerRuntimeEndpoint: .*\n/m, to: '' }, { write: FLAGS, text: 'KUBELET_KUBEADM_ARGS=--v=1 --container-runtime-endpoint=unix:///run/containerd/containerd.sock\n' }, RESTART], expect: { ids: ['environment-quote', 'environment-line', 'no-runtime'], component: 'kubelet' }, repair: 'recover' },
  { ...UNIT, class: 'IP change', id: 'B159', name: '--node-ip is not of this node', on: 'lab', break: [{ write: FLAGS, text: 'KUBELET_KUBEADM_ARGS="--node-ip=10.231.0.99"\n' }, RESTART], settle: { seconds: 20 }, expect: { ids: ['node-ip'], component: 'kubelet', file: FLAGS, line: '--node-ip' }, repair: 'recover' },
  { ...UNIT, class: 'IP change', id: 'B160', name: 'the name of the control plane does not resolve', on: 'lab', break: [{ edit: KUBELET_CONF, from: /server: https:\/\/[^:\s]+/, to: 'server: https://cluster-endpoint.example' }, RESTART], settle: { seconds: 15 }, expect: { ids: ['host-unknown', 'no-such-host', 'kubeconfig-server'], component: 'kubelet', file: KUBELET_CONF, line: 'server:' }, repair: 'recover' },
];

const RUNTIME = { class: 'container runtime down or wrong socket', on: 'lab', repair: 'command' } as const;
const AGAIN = { run: ['systemctl', 'restart', '--no-block', 'containerd'] } as const;

export const runtime: readonly Case[] = [
  { ...RUNTIME, id: 'B129', name: 'containerd is stopped', on: 'both', break: [{ run: ['systemctl', 'stop', 'containerd'] }], settle: { seconds: 5 }, expect: { ids: ['runtime-stopped'], component: 'runtime' } },
  { ...RUNTIME, id: 'B130', name: 'the configuration of docker-ce: the CRI plugin is off', break: [{ write: CONTAINERD, text: 'disabled_plugins = ["cri"]\n' }, AGAIN, RESTART], settle: { seconds: 10 }, expect: { ids: ['cri-disabled'], component: 'runtime', file: CONTAINERD, line: 'disabled_plugins' }, repair: 'person', says: /disabled_plugins/ },
  { ...RUNTIME, id: 'B131', name: "containerd's configuration is no TOML", break: [{ append: CONTAINERD, text: '[plugins.\n' }, AGAIN], settle: { seconds: 10 }, expect: { ids: ['runtime-config', 'runtime-ends'], component: 'runtime' }, repair: 'person', says: /config\.toml/ },
  { ...RUNTIME, id: 'B132', name: "the socket of a runtime that is gone, in the kubelet's configuration", break: [{ edit: CONFIG, from: 'containerRuntimeEndpoint: unix:///var/run/containerd/containerd.sock', to: 'containerRuntimeEndpoint: unix:///var/run/dockershim.sock' }, RESTART], settle: { kubelet: 'down' }, expect: { ids: ['runtime-endpoint'], component: 'kubelet', file: CONFIG, line: 'containerRuntimeEndpoint' }, repair: 'recover' },
  { ...RUNTIME, id: 'B133', name: 'no /etc/crictl.yaml: nothing is down', break: [{ run: ['rm', '-f', '/etc/crictl.yaml'] }], settle: { seconds: 1 }, expect: { ids: [] }, repair: 'nothing' },
  { ...RUNTIME, id: 'B134', name: 'runc may not be run', break: [{ chmod: '/usr/sbin/runc', mode: 0o644 }, { kill: 'kube-scheduler' }], seen: 'without runc the runtime stops nothing either: what runs goes on until its process ends', settle: { down: ['kube-scheduler'] }, expect: { ids: ['runc'] }, repair: 'command' },
  { ...RUNTIME, class: 'other', id: 'B135', name: 'no configuration of a pod network: static pods run on', break: [{ move: '/etc/cni/net.d/10-lab.conflist', to: '/root/10-lab.conflist' }, AGAIN], settle: { seconds: 15 }, expect: { ids: ['no-network'] }, repair: 'person', says: /cni|network/i },
  { ...RUNTIME, class: 'cgroup driver mismatch', id: 'B136', name: "containerd's cgroup driver is systemd's, the kubelet's is cgroupfs", break: [{ edit: CONTAINERD, from: 'SystemdCgroup = false', to: 'SystemdCgroup = true' }, AGAIN, RESTART, flag(SCHEDULER, '--v=1')], settle: { seconds: 30 }, expect: { ids: ['cgroup-driver'] }, repair: 'person', says: /SystemdCgroup|cgroup/ },
];
