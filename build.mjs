/**
 * Bundles src/ into dist/. Types are not checked here (`npm run check` does that). What runs is plain ESM for Node.js 20.
 *
 * Node.js takes about a millisecond for each module it loads, which is more than most of them have to do. So the commands
 * that are typed and scripted most, HOT, are one file each, with everything that they need; all the others share all.js and
 * its chunks, one for each `await import()`. main.js only chooses between them.
 *
 * White space goes (V8 reads every byte at each start), names stay, so that a stack trace from a user's node can be read.
 * systemd-journald is a native module, optional, and stays outside. Chunk names hold a hash; files of earlier builds are
 * removed last, so that at no moment main.js stands there without the files it names.
 */
import { existsSync } from 'node:fs';
import { chmod, mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { basename, join, relative, resolve } from 'node:path';
import { build } from 'esbuild';

const root = import.meta.dirname;
const entry = join(root, 'src/main.ts');
/** `node build.mjs DIR` builds elsewhere: tests have a program of their own, whatever becomes of dist/ meanwhile. */
const dist = resolve(process.argv[2] ?? join(root, 'dist'));

/** Commands, each a file of its own: what they need stands in it twice, and none of it is loaded twice. */
const HOT = ['get', 'explain', 'validate'];
/** Large, or at the door of large parts of Node.js (node:https takes 6 ms): what HOT loads only when it comes to that. */
const APART = { run: 'src/host/run.ts', cri: 'src/host/cri.ts', http: 'src/host/http.ts', editor: 'src/host/editor.ts' };

if (!existsSync(entry)) {
  console.error(`build: ${entry} does not exist: nothing to bundle`);
  process.exit(1);
}

/** The first word is the command; checks against STIG look at all of the node, as the other commands do. */
const CHOOSE = `#!/usr/bin/env node
const [, , word, ...rest] = process.argv;
const hot = ${JSON.stringify(HOT)}.includes(word) && !rest.some((each) => each.startsWith('--rule'));
await import(hot ? \`./\${word}.js\` : './all.js');
`;

/** CommonJS packages inside an ES module call \`require\` for Node's own modules; ESM has none. Made when called, not per chunk. */
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

/** What a kubelet knows of its configuration stays JSON, read by JSON.parse: half of what the same costs as a module. */
const texts = new Map();
const dataAsText = {
  name: 'data-as-text',
  setup({ onLoad }) {
    onLoad({ filter: /\/fields\/data\/[^/]*\.json$/ }, async ({ path }) => {
      const file = `fields-${basename(path)}`;
      texts.set(file, JSON.stringify(JSON.parse(await readFile(path, 'utf8'))));
      const contents = `const { readFileSync } = process.getBuiltinModule('node:fs');
        export default JSON.parse(readFileSync(\`\${import.meta.dirname}/${file}\`, 'utf8'));`;
      return { contents, loader: 'js' };
    });
  },
};

/** Everything in one file, but for what is apart, and for the other commands, which all.js has. */
function onlyCommand(name) {
  return {
    name: 'only-command',
    setup({ onResolve, onLoad }) {
      onResolve({ filter: /\.ts$/ }, ({ path, kind, resolveDir }) => {
        if (kind !== 'dynamic-import') return undefined;
        const file = relative(root, resolve(resolveDir, path));
        const apart = Object.entries(APART).find(([, each]) => each === file)?.[0];
        if (apart !== undefined) return { path: `./${apart}.js`, external: true };
        const foreign = resolveDir === join(root, 'src/cli/table') && file !== `src/commands/${name}.ts`;
        return foreign || file === 'src/commands/validate-stig.ts' ? { path: file, namespace: 'elsewhere' } : undefined;
      });
      onLoad({ filter: /.*/, namespace: 'elsewhere' }, () => ({ contents: 'export {}', loader: 'js' }));
    },
  };
}

const options = {
  write: false,
  bundle: true,
  format: 'esm',
  platform: 'node',
  target: 'node20.19',
  external: ['systemd-journald'],
  // yaml's ES modules: its build for Node.js is CommonJS, and cost `kcfg get` a tenth of its time.
  alias: { yaml: join(root, 'node_modules/yaml/browser/dist/index.js') },
  minifyWhitespace: true,
  minifySyntax: true,
  banner: { js: requireForCommonJs },
  legalComments: 'none',
  logLevel: 'warning',
};
const all = { all: entry, ...Object.fromEntries(Object.entries(APART).map(([name, file]) => [name, join(root, file)])) };
const builds = await Promise.all([
  build({ ...options, entryPoints: all, outdir: dist, splitting: true, chunkNames: 'chunk-[name]-[hash]', plugins: [dataAsText] }),
  ...HOT.map((name) => build({ ...options, entryPoints: { [name]: entry }, outdir: dist, plugins: [onlyCommand(name), dataAsText] })),
]).catch(() => process.exit(1)); // esbuild has printed what is wrong

const files = new Map(builds.flatMap(({ outputFiles }) => outputFiles.map(({ path, text }) => [basename(path), withoutFacades(text)])));
for (const [name, text] of texts) files.set(name, text);
// A change keeps a copy of this directory: there, too, Node.js need not read a file twice to see that it is a module.
files.set('package.json', '{"type":"module"}\n');
await mkdir(dist, { recursive: true });
for (const [name, text] of files) await writeFile(join(dist, name), text);
await writeFile(join(dist, 'main.new'), CHOOSE, { mode: 0o755 });
await chmod(join(dist, 'main.new'), 0o755);
await rename(join(dist, 'main.new'), join(dist, 'main.js'));

for (const name of await readdir(dist)) {
  const ours = name.endsWith('.js') || /^fields-.*\.json$/.test(name);
  if (ours && name !== 'main.js' && !files.has(name)) await rm(join(dist, name));
}
const bytes = [...files.values()].reduce((sum, text) => sum + Buffer.byteLength(text), 0);
console.log(`${join(dist, 'main.js')} and ${files.size} files, ${Math.round(bytes / 1024)} KiB`);
