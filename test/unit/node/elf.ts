/** The file of a Go program, as far as kcfg reads it. */

/** A 64-bit ELF file as far as its sections go: .rodata with these bytes, and the names of the sections. */
export function elf(constants: Buffer): Buffer {
  const names = Buffer.from('\0.shstrtab\0.rodata\0');
  const header = Buffer.alloc(64);
  header.write('\x7fELF\x02\x01\x01', 'latin1');
  header.writeBigUInt64LE(BigInt(64 + constants.length + names.length), 40);
  header.writeUInt16LE(3, 60);
  header.writeUInt16LE(2, 62);
  const section = (name: string, offset: number, size: number): Buffer => {
    const entry = Buffer.alloc(64);
    entry.writeUInt32LE(names.indexOf(name), 0);
    entry.writeBigUInt64LE(BigInt(offset), 24);
    entry.writeBigUInt64LE(BigInt(size), 32);
    return entry;
  };
  const table = [section('\0', 0, 0), section('.rodata', 64, constants.length), section('.shstrtab', 64 + constants.length, names.length)];
  return Buffer.concat([header, constants, names, ...table]);
}

/** One that was linked as that version of a kubelet, '1.37.2'. */
export function kubeletFile(version: string): Buffer {
  return elf(Buffer.concat([Buffer.alloc(1 << 20, 'x'), Buffer.from(`\0v${version}\0v${version}\0`, 'latin1')]));
}
