/** The first word of the command must be the program that the image has. */
import type { Finding } from '../../kubelet/rules/finding.ts';
import { nearest } from '../../nearest.ts';
import { type Case, type Container, containersOf, finding, itemsAt, programOf, textAt } from './case.ts';
import { replaceIn } from './mend.ts';
import { isProgram, PROGRAMS, programOfImage } from '../programs/program.ts';

/** In images of one's own these start the program. */
const STARTERS = /^(sh|bash|ash|dash|busybox|env|timeout|tini|dumb-init|go-runner|strace|dlv|nice)$/;
const REGISTRIES = ['registry.k8s.io', 'k8s.gcr.io'];

export function program(subject: Case): Finding[] {
  return containersOf(subject).flatMap((container) => {
    const registry = container.image.slice(0, container.image.indexOf('/'));
    const near = nearest(registry, REGISTRIES);
    if (isProgram(programOf(container)) && near !== undefined && near !== registry) {
      const path = [...container.path, 'image'];
      return [finding(subject, { id: 'image', path, part: registry, message: `there is no registry ${registry}`, label: `did you mean ${near}?`, notes: ['the kubelet cannot pull the image'], edits: replaceIn(subject.yaml, path, registry, near) })];
    }
    const image = programOfImage(container.image)?.name;
    const found = image === undefined || isProgram(image) ? [] : ofImage(subject, container, image);
    return image !== undefined && isProgram(image) ? ofCommand(subject, container, image) : found;
  });
}

function ofCommand(subject: Case, container: Container, image: string): Finding[] {
  const first = container.argv[0];
  if (first === undefined || itemsAt(subject, [...container.path, 'command']).length === 0) return [];
  const word = programOf(container);
  // 'kube-apiserver --v=2' in one word is told by `glued`
  if (word === image || STARTERS.test(word) || /\s--/.test(first.text)) return [];
  const path = [...container.path, 'image'];
  if (isProgram(word)) {
    const meant = container.name === word;
    return [
      finding(subject, {
        id: 'program',
        path: meant ? path : first.path,
        part: meant ? image : word,
        message: `the image of ${image} has no ${word}`,
        notes: ['the container does not start'],
        edits: meant ? replaceIn(subject.yaml, path, `${image}:`, `${word}:`) : container.name === image ? replaceIn(subject.yaml, first.path, word, image) : undefined,
      }),
    ];
  }
  const flag = first.text.startsWith('-');
  return [
    finding(subject, {
      id: 'program',
      path: first.path,
      message: flag ? `the command begins with a flag, and not with ${image}` : `the image has no program ${first.text === '' ? 'of an empty name' : first.text}`,
      ...(!flag && nearest(word, [image]) !== undefined ? { label: `did you mean ${image}?` } : {}),
      notes: ['the container does not start: executable file not found'],
      edits: flag || word === '' ? undefined : replaceIn(subject.yaml, first.path, word, image),
    }),
  ];
}

/** A repository that is one slip away from the program that the container runs. */
function ofImage(subject: Case, container: Container, image: string): Finding[] {
  const word = programOf(container);
  if (!isProgram(word) || nearest(image, PROGRAMS) !== word || textAt(subject, [...container.path, 'image']) === undefined) return [];
  return [finding(subject, { id: 'image', path: [...container.path, 'image'], part: image, message: `no release has an image ${image}`, label: `did you mean ${word}?`, notes: ['the kubelet cannot pull it'], edits: replaceIn(subject.yaml, [...container.path, 'image'], image, word) })];
}
