/**
 * Bundles src/ into dist/. Types are not checked here (`npm run check` does that). What runs is plain ESM for Node.js 20.
 *
 * Node.js takes about a millisecond for each module it loads, and V8 as long to compile what is in them as to run it. So the
 * commands that are typed and scripted most, HOT, are one file each, with everything that they need, and with what V8 makes
 * of it; all the others share all.js and its chunks, one for each `await import()`. main.js (templates/program/start.js) chooses.
 *
 * White space goes (V8 reads every byte at each start), names stay, so that a stack trace from a user's node can be read.
 * systemd-journald is a native module, optional, and stays outside. Chunk names hold a hash; files of earlier builds are
 * removed last, so that at no moment main.js stands there without the files it names.
 */
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { chmod, cp, mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { basename, join, relative, resolve } from 'node:path';
import { build, transform } from 'esbuild';

const root = import.meta.dirname;
const entry = join(root, 'src/main.ts');
/** `node build.mjs DIR` builds elsewhere: tests have a program of their own, whatever becomes of dist/ meanwhile. */
const dist = resolve(process.argv[2] ?? join(root, 'dist'));

/** Commands, each a file of its own. */
const HOT = ['get', 'explain', 'validate'];
/** Large, or at the door of large parts of Node.js (node:https takes 6 ms): what HOT loads only when it comes to that. */
const APART = { run: 'src/host/run.ts', cri: 'src/host/cri.ts', http: 'src/host/http.ts', editor: 'src/host/editor.ts' };

if (!existsSync(entry)) {
  console.error(`build: ${entry} does not exist: nothing to bundle`);
  process.exit(1);
}

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

/**
 * An ES module as a script: a function that main.js calls, because V8 keeps what it compiled of scripts alone. In ASCII (esbuild
 * leaves regular expressions as they are): it is read without a decoder.
 */
function asScript(text) {
  const body = text
    .replace(/^#!.*\n/, '')
    .replaceAll('import.meta.dirname', 'directory')
    .replaceAll('import.meta.url', 'file')
    .replaceAll(/\bimport\(/g, '$import(') // a name that no file of ours has
    .replace(/[\u0080-\uffff]/g, (letter) => `\\u${letter.charCodeAt(0).toString(16).padStart(4, '0')}`);
  if (/\bimport\.meta\b|^(import|export)\b/m.test(body)) throw new Error('build: a hot command imports what a script cannot');
  return `(async function(directory,file,$import){${body}\n})`;
}

const [shared, ...hot] = builds.map(({ outputFiles }) => outputFiles.map(({ path, text }) => [basename(path), withoutFacades(text)]));
const files = new Map(shared);
/** Command → file without extension. Its hash is in the name: what V8 kept of another build is never taken for this one's. */
const hotFiles = {};
for (const [index, name] of HOT.entries()) {
  const script = asScript(hot[index][0][1]);
  hotFiles[name] = `${name}-${createHash('sha256').update(script).digest('hex').slice(0, 8)}`;
  files.set(`${hotFiles[name]}.cjs`, script);
}
for (const [name, text] of texts) files.set(name, text);
files.set('keep-compiled.mjs', await readFile(join(root, 'templates/program/keep-compiled.mjs'), 'utf8'));
// A change keeps a copy of this directory: there, too, Node.js need not read a file twice to see that it is a module.
files.set('package.json', '{"type":"module"}\n');

await mkdir(dist, { recursive: true });
for (const [name, text] of files) await writeFile(join(dist, name), text);
const { code: start } = await transform(await readFile(join(root, 'templates/program/start.js'), 'utf8'), { format: 'esm', define: { HOT: JSON.stringify(hotFiles) } });
await writeFile(join(dist, 'main.new'), start);
await chmod(join(dist, 'main.new'), 0o755);
await rename(join(dist, 'main.new'), join(dist, 'main.js'));

// `kcfg fleet` puts this collection beside its play
await cp(join(root, 'templates/ansible'), join(dist, 'ansible'), { recursive: true, filter: (path) => basename(path) !== '__pycache__' });

for (const name of await readdir(dist)) {
  const ours = /\.(js|cjs|compiled)$|^fields-.*\.json$/.test(name);
  if (ours && name !== 'main.js' && !files.has(name.replace(/\.compiled$/, '.cjs'))) await rm(join(dist, name));
}
execFileSync(process.execPath, [join(dist, 'keep-compiled.mjs')], { stdio: ['ignore', 'ignore', 'inherit'] });
const bytes = [...files.values()].reduce((sum, text) => sum + Buffer.byteLength(text), 0);
console.log(`${join(dist, 'main.js')} and ${files.size} files, ${Math.round(bytes / 1024)} KiB`);
