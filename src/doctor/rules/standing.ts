/** Edits of pinned manifests that wait, and what the next kubeadm upgrade would make of the directory: nothing is down today. */
import type { Rule } from '../cause.ts';
import { layerOf } from '../components.ts';
import { commands, warning } from './said.ts';

export const standing: Rule = {
  about: 'edits of pinned manifests are in force, and kubeadm upgrade finds the manifests',
  find: ({ directory }) => [
    ...(directory.waiting ?? []).map(({ pod, file, lines }) =>
      warning({
        ...{ id: 'pinned-edit', component: pod, layer: layerOf(pod) },
        message: lines.length === 1 ? `line ${lines[0]} of the manifest of ${pod} waits: the pod is pinned, and was made before that edit` : `edits of the manifest of ${pod} wait: the pod is pinned, and was made before them`,
        where: lines.slice(0, 3).map((line) => ({ file, line })),
        ...commands(`kcfg unpin ${pod}`),
      }),
    ),
    ...(directory.upgrade ?? []).map((finding) => warning({ ...finding, component: 'kubelet', layer: 'others', message: finding.message })),
  ],
};
