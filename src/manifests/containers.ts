/** The containers of a manifest: what runs, and where its probes knock. */
import { getField, getTexts, type Path, wrongField } from './fields.ts';
import type { Manifest } from './manifest.ts';
import type { PodFile } from './pod-file.ts';

/** Throws `invalid-manifest` for a pod without containers or a container without a name, as the kubelet refuses it. */
export function readContainers(file: PodFile): Manifest['containers'] {
  const list = getField(file, ['spec', 'containers'], 'list') ?? [];
  if (list.length === 0) throw wrongField(file, ['spec', 'containers'], 'has no containers');
  return list.map((_, index) => {
    const path = ['spec', 'containers', index];
    const name = getField(file, [...path, 'name'], 'string') ?? '';
    if (name === '') throw wrongField(file, path, 'has a container without a name');
    return {
      name,
      image: getField(file, [...path, 'image'], 'string') ?? '',
      command: [...getTexts(file, [...path, 'command']), ...getTexts(file, [...path, 'args'])],
      probePorts: probePorts(file, path),
    };
  });
}

function probePorts(file: PodFile, container: Path): (number | string)[] {
  const ports = new Set<number | string>();
  for (const probe of ['startupProbe', 'livenessProbe', 'readinessProbe']) {
    for (const way of ['httpGet', 'tcpSocket', 'grpc']) {
      // a port is an IntOrString: both are right, and nothing else is asked of it here
      const port = getField(file, [...container, probe, way], 'map')?.port;
      if (typeof port === 'number' || typeof port === 'string') ports.add(port);
    }
  }
  return [...ports];
}
