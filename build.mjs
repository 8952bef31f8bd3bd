/**
 * Bundles src/main.ts into dist/: one file per `await import()`, so a command loads only what it uses.
 *
 * Types are not checked here (`npm run check` does that). What runs is plain ESM for Node.js 20. White space goes
 * (V8 reads every byte at each start), names stay, so that a stack trace from a user's node can be read.
 * systemd-journald is a native module, optional, and stays outside. Chunk names hold a hash; chunks of earlier builds are removed
 * last, so that at no moment main.js stands there without the chunks it names.
 */
import { existsSync } from 'node:fs';
import { chmod, mkdir, readdir, rm, writeFile } from 'node:fs/promises';
import { basename, join, resolve } from 'node:path';
import { build } from 'esbuild';

const root = import.meta.dirname;
const entry = join(root, 'src/main.ts');
/** `node build.mjs DIR` builds elsewhere: tests have a program of their own, whatever becomes of dist/ meanwhile. */
const dist = resolve(process.argv[2] ?? join(root, 'dist'));

if (!existsSync(entry)) {
  console.error(`build: ${entry} does not exist: nothing to bundle`);
  process.exit(1);
}

/** CommonJS packages inside an ES module call `require` for Node's own modules; ESM has none. Made when called, not per chunk. */
const requireForCommonJs =
  "const require = (name) => process.getBuiltinModule('node:module').createRequire(import.meta.url)(name);";

/**
 * Node's own modules, without their ES facade: an `import` of node:fs runs every getter of it, and so loads all of its
 * streams. process.getBuiltinModule (Node.js 20.16) gives the module itself: `kcfg get` took a tenth longer without this.
 */
function withoutFacades(text) {
  return text.replace(/\bimport\s*(?:(\w+)|\*\s*as\s+(\w+)|(\{[^}]*\}))\s*from\s*"(node:[\w/]+)";/g, (_, byDefault, all, named, name) => {
    const names = byDefault ?? all ?? named.replace(/ as /g, ':');
    return `const ${names}=process.getBuiltinModule("${name}");`;
  });
}

const { metafile, outputFiles } = await build({
  write: false,
  entryPoints: [entry],
  outdir: dist,
  bundle: true,
  splitting: true,
  format: 'esm',
  platform: 'node',
  target: 'node20.19',
  external: ['systemd-journald'],
  // yaml's ES modules: its build for Node.js is CommonJS, and cost `kcfg get` a tenth of its time.
  alias: { yaml: join(root, 'node_modules/yaml/browser/dist/index.js') },
  minifyWhitespace: true,
  minifySyntax: true,
  banner: { js: requireForCommonJs },
  chunkNames: 'chunk-[name]-[hash]',
  legalComments: 'none',
  metafile: true,
  logLevel: 'warning',
}).catch(() => process.exit(1)); // esbuild has printed what is wrong

await mkdir(dist, { recursive: true });
for (const { path, text } of outputFiles) await writeFile(path, withoutFacades(text));

const written = new Set(Object.keys(metafile.outputs).map((path) => basename(path)));
for (const name of await readdir(dist)) {
  if (name.endsWith('.js') && !written.has(name)) await rm(join(dist, name));
}
await chmod(join(dist, 'main.js'), 0o755);
const bytes = Object.values(metafile.outputs).reduce((sum, output) => sum + output.bytes, 0);
console.log(`${join(dist, 'main.js')} and ${written.size - 1} chunks, ${Math.round(bytes / 1024)} KiB`);
