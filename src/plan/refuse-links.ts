/** A file that is a link is not edited: a new one in its place would part from what it leads to. */
import { KcfgError } from '../errors.ts';

/** `links`: which of the files are links, and what they say. */
export function refuseLinks(links: ReadonlyMap<string, string>, files: readonly { path: string }[]): void {
  for (const { path } of files) {
    const link = links.get(path);
    if (link === undefined) continue;
    throw new KcfgError('config-is-link', `${path} is a link`, {
      where: [{ file: path, label: `-> ${link}` }],
      notes: ['what it leads to belongs to another program, or to several nodes; a new file in its place would part from it'],
      help: ['put the file itself there:', `  cp --remove-destination ${link} ${path}`, 'or set it above the file, in a drop-in'],
    });
  }
}
