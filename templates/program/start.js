#!/usr/bin/env node
/**
 * dist/main.js: chooses the file that has the command. HOT comes from build.mjs: a command and its file, without extension.
 *
 * A hot command is compiled from what V8 kept of it when it was built (keep-compiled.mjs), which saves a fifth of an
 * empty Node.js start. V8 refuses that for another Node.js, other flags or another text, and compiles as ever. It lies beside the
 * program and is written with it: who can change the one can change the other.
 */
const [, , word, ...rest] = process.argv;
// The first word is the command. Checks against STIG look at all of the node, as the other commands do.
const file = Object.hasOwn(HOT, word ?? '') && !rest.some((each) => each.startsWith('--rule')) ? HOT[word] : undefined;
if (file === undefined) {
  await import('./all.js');
} else {
  const { Script } = process.getBuiltinModule('node:vm');
  const { readFileSync } = process.getBuiltinModule('node:fs');
  const path = `${import.meta.dirname}/${file}`;
  const script = new Script(readFileSync(`${path}.cjs`, 'latin1'), { filename: `${path}.cjs`, cachedData: compiled(`${path}.compiled`) });
  await script.runInThisContext()(import.meta.dirname, `${path}.cjs`, (name) => import(name));

  /** V8 itself trusts the bytes: a file that a power failure left half written would run as something else. */
  function compiled(name) {
    try {
      const bytes = readFileSync(name);
      const words = new Uint32Array(bytes.buffer, bytes.byteOffset, bytes.length >> 2);
      let sum = 0;
      for (let i = 1; i < words.length; i++) sum = (Math.imul(sum, 31) + words[i]) | 0;
      return words[0] === sum >>> 0 ? bytes.subarray(8, 8 + words[1]) : undefined;
    } catch {
      return undefined;
    }
  }
}
