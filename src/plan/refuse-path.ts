/** Refusals of a path as typed, before the node is looked at: what the kubelet could not read, or would read elsewhere. */
import { posix } from 'node:path';
import { KcfgError } from '../errors.ts';

/** A path as typed, before the node is looked at. Undefined: the kubelet can take it. */
export function refusePath(path: string): KcfgError | undefined {
  if (!path.startsWith('/')) {
    return new KcfgError('relative-path', `${path === '' ? 'an empty path' : path} is not an absolute path`, {
      notes: [`the kubelet would read ${posix.join('/var/lib/kubelet', path)}, beside its configuration file`],
      help: ['begin with /'],
    });
  }
  const glob = /[*?[\]\\]/.exec(path);
  if (glob !== null) {
    return new KcfgError('unusable-path', `the kubelet cannot read a directory with ${glob[0]} in its path`, {
      where: [{ file: path }],
      notes: ['it lists the directory as a glob pattern, and would find other files or none'],
      help: ['choose a path of letters, digits, dots and dashes'],
    });
  }
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
  if (/[\u0000-\u001f\u007f]/.test(path) || posix.normalize(path).replace(/(.)\/$/, '$1') !== path.replace(/(.)\/$/, '$1')) {
    return new KcfgError('unusable-path', `${JSON.stringify(path)} is not a clean path`, {
      notes: ['the text of the path is part of each pod\'s identity: it has one spelling'],
      help: [`use ${posix.normalize(path)}`],
    });
  }
  if (path === '/') return new KcfgError('unusable-path', 'the root directory cannot hold the manifests');
  return undefined;
}
