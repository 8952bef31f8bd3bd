/**
 * The version a kubelet was built with, read from its file in 2 ms: starting it to ask costs 50-100 ms, more than all the rest
 * of `kcfg get`. The linker writes it twice (-X of component-base's and client-go's version.gitVersion, kubernetes
 * hack/lib/version.sh@v1.37.2), and the two lie next to each other at the end of .rodata: one alone could be anything's.
 */
import type { Files } from '../host/host.ts';

const STEP = 1 << 20;
/** It was in the last MiB of 1.30.4 and 1.37.2, of 30: who looks further back asks sooner. */
const STEPS = 4;
/** What a match may take beyond the end of its step: two versions of 50 bytes, and NULs between them. */
const OVERLAP = 128;
/** ELF64 (elf(5)): 64 bytes of header, 64 for each section. */
const HEADER = 64;

/** 'v1.37.2'; undefined where the file is no 64-bit ELF of a kubelet, a script for one. Throws where it cannot be read. */
export async function versionInProgram(files: Pick<Files, 'readPart'>, path: string): Promise<string | undefined> {
  const constants = await constantsOf(files, path);
  if (constants === undefined) return undefined;
  const { offset, size } = constants;
  for (let step = 0, end = offset + size; step < STEPS && end > offset; step++, end -= STEP) {
    const from = Math.max(offset, end - STEP);
    const part = await files.readPart(path, from, Math.min(end + OVERLAP, offset + size) - from);
    const found = part === undefined ? undefined : twice(part);
    if (found !== undefined) return found;
  }
  return undefined;
}

function twice(part: Buffer): string | undefined {
  for (let at = part.indexOf('\0v1.'); at >= 0; at = part.indexOf('\0v1.', at + 1)) {
    const found = /^\0(v1\.\d+\.\d+[\w.+-]*)\0+\1\0/.exec(part.toString('latin1', at, at + OVERLAP));
    if (found) return found[1];
  }
  return undefined;
}

interface Section {
  offset: number;
  size: number;
}

/** Where .rodata is. */
async function constantsOf(files: Pick<Files, 'readPart'>, path: string): Promise<Section | undefined> {
  const header = await files.readPart(path, 0, HEADER);
  // Magic number, 64 bits, little-endian: amd64 and arm64.
  if (header?.length !== HEADER || header.readUInt32BE(0) !== 0x7f454c46 || header.readUInt16BE(4) !== 0x0201) return undefined;
  const [table, count, namesIndex] = [Number(header.readBigUInt64LE(40)), header.readUInt16LE(60), header.readUInt16LE(62)];
  const sections = await files.readPart(path, table, HEADER * count);
  if (sections?.length !== HEADER * count || namesIndex >= count) return undefined;
  const section = (index: number): Section => ({ offset: Number(sections.readBigUInt64LE(HEADER * index + 24)), size: Number(sections.readBigUInt64LE(HEADER * index + 32)) });
  const { offset, size } = section(namesIndex);
  const names = await files.readPart(path, offset, Math.min(size, STEP));
  if (names === undefined) return undefined;
  for (let index = 0; index < count; index++) {
    const at = sections.readUInt32LE(HEADER * index);
    if (names.toString('latin1', at, at + 8) === '.rodata\0') return section(index);
  }
  return undefined;
}
