/**
 * How kubeadm's manifests differed before 1.37: the templates are of that, and are turned back here. Pure. Of the minors between
 * those that a test holds against kubeadm itself (1.30, 1.34, 1.36, 1.37) its pull requests say which one brought what.
 */
import { type ComponentName, minorOf, type Parameters, partsOfImage } from './parameters.ts';

interface Probe {
  httpGet: { path: string; port: string | number };
}
export interface Pod {
  metadata: Record<string, unknown>;
  spec: {
    containers: [
      {
        command: string[];
        ports?: { containerPort: number }[];
        livenessProbe: Probe;
        readinessProbe?: Probe;
        startupProbe: Probe;
        volumeMounts: { mountPath: string; name: string; readOnly?: boolean }[];
      },
    ];
    volumes: { name: string; hostPath: { path: string; type: string } }[];
  };
}

/** Last minor whose controller manager was given it (controlplane/volumes.go of 1.34, gone in that of 1.36). */
const LAST_WITH_FLEXVOLUME = 35;
const FLEXVOLUME = '/usr/libexec/kubernetes/kubelet-plugins/volume/exec';

/** In place. */
export function asOfVersion(name: ComponentName, pod: Pod, { version, etcd }: Parameters): void {
  const minor = minorOf(version);
  const container = pod.spec.containers[0];
  const probes = (): Probe[] => [container.livenessProbe, container.readinessProbe, container.startupProbe].filter((probe) => probe !== undefined);
  // apimachinery 0.34 leaves out a time of zero (meta/v1/types.go, omitzero)
  if (minor < 34) pod.metadata.creationTimestamp = null;
  // ports by name since kubernetes/kubernetes#132776
  if (minor < 34) {
    const port = container.ports?.[0]?.containerPort ?? 0;
    for (const { httpGet } of probes()) httpGet.port = port;
    delete container.ports;
  }
  // kubernetes/kubernetes#126945
  if (name === 'kube-scheduler' && minor < 32) {
    delete container.readinessProbe;
    for (const { httpGet } of probes()) httpGet.path = '/healthz';
  }
  if (name === 'etcd') {
    // kubernetes/kubeadm#3039
    if (minor < 31) {
      delete container.readinessProbe;
      container.livenessProbe.httpGet.path = '/health?exclude=NOSPACE&serializable=true';
      container.startupProbe.httpGet.path = '/health?serializable=false';
    }
    if (isBefore36(partsOfImage(etcd.image).tag)) container.command = beforeGates(container.command);
  }
  if (name === 'kube-controller-manager' && minor <= LAST_WITH_FLEXVOLUME) {
    container.volumeMounts.push({ mountPath: FLEXVOLUME, name: 'flexvolume-dir' });
    pod.spec.volumes.push({ hostPath: { path: FLEXVOLUME, type: 'DirectoryOrCreate' }, name: 'flexvolume-dir' });
    const byName = (a: { name: string }, b: { name: string }): number => (a.name < b.name ? -1 : 1);
    container.volumeMounts.sort(byName);
    pod.spec.volumes.sort(byName);
  }
}

function isBefore36(tag: string): boolean {
  const [, major = '3', minor = '99'] = /^v?(\d+)\.(\d+)/.exec(tag) ?? [];
  return Number(major) < 3 || (Number(major) === 3 && Number(minor) < 6);
}

/** Both flags left their trial with etcd 3.6 (phases/etcd/local.go of 1.34 asks for the image's version). */
function beforeGates(command: readonly string[]): string[] {
  const [program = '', ...flags] = command.filter((word) => !/^--(feature-gates|watch-progress-notify-interval)=/.test(word));
  const nameOf = (flag: string): string => flag.split('=')[0] ?? '';
  return [program, ...[...flags, '--experimental-initial-corrupt-check=true', '--experimental-watch-progress-notify-interval=5s'].sort((a, b) => (nameOf(a) < nameOf(b) ? -1 : 1))];
}
