/**
 * The refusals of a path, on a real control plane: the same list as on pretend nodes, and those of it that need mounts or
 * another user. One node serves all: none of them changes it, and what was arranged is cleared away after each.
 */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { REFUSALS, type ScenarioNode } from '../scenarios/refusals.ts';
import { openLab, type Lab, type LabNode } from './node.ts';

/** The refusals that arrange nothing a kubelet would act on. Every one that is for the lab only is among them. */
const NAMES = new Set([
  'a relative path', 'a path with *', 'the present path', 'the present directory by a link', 'a directory above the present one',
  'a directory below the present one', 'a file', 'a link that goes round in circles', 'a directory with a stray file',
  'a directory with a manifest of the same pod', 'a directory that others may write to',
]);
const CLEAR = 'umount -q /etc/kubernetes/other /srv/memory /srv/fixed; rm -rf /etc/kubernetes/other /etc/kubernetes/static /srv/*; true';

let lab: Lab;
let cp: LabNode;
before(async () => {
  lab = await openLab();
  cp = await lab.controlPlane('cp1', { kcfg: true });
});
after(() => lab.close());

async function must(argv: readonly string[], input?: string): Promise<string> {
  const { code, stdout, stderr } = await cp.run(argv, input === undefined ? {} : { input });
  assert.equal(code, 0, `${argv.join(' ')}: ${stderr}`);
  return stdout;
}

const node: ScenarioNode = {
  run: async (argv) => void (await cp.run(argv)),
  read: (path) => must(['cat', path]),
  async write(path, text) {
    await must(['sh', '-ec', 'umask 077; mkdir -p "$(dirname "$1")"; cat > "$1"', 'sh', path], text);
  },
  mkdir: async (path) => void (await must(['mkdir', '-p', '-m', '0700', path])),
  remove: async (path) => void (await must(['rm', '-r', path])),
  link: async (path, target) => void (await must(['ln', '-s', target, path])),
  chmod: async (path, mode) => void (await must(['chmod', mode.toString(8), path])),
  sandboxes: () => Promise.reject(new Error('not arranged on the lab')),
  apiDown: () => Promise.reject(new Error('not arranged on the lab')),
};

/** Type, owner, mode, times and inode of every file a change could touch, and the kubelet's process. */
const state = async (): Promise<string> =>
  must(['sh', '-ec', 'find /etc/kubernetes /var/lib/kubelet/config.yaml /srv -printf "%p %y %m %U:%G %T@ %i %l\\n" | sort; test ! -e /var/lib/kcfg || find /var/lib/kcfg | sort; systemctl show -p MainPID,NRestarts kubelet']);

for (const { name, arrange, argv, exit, code, says, only } of REFUSALS) {
  if (only !== 'lab' && !NAMES.has(name)) continue;
  test(`refused: ${name}`, { timeout: 120_000 }, async () => {
    try {
      await arrange?.(node);
      const [before, containers] = [await state(), await cp.containers()];
      const user = code === 'not-root' ? ['setpriv', '--reuid=65534', '--regid=65534', '--clear-groups'] : [];
      const run = await cp.run([...user, 'kcfg', ...argv]);
      const screen = `${run.stdout}${run.stderr}`;
      assert.equal(run.code, exit, screen);
      assert.equal(/error\[([a-z-]+)\]/.exec(run.stderr)?.[1], code, screen);
      for (const words of says) assert.match(screen, words);
      assert.equal(await state(), before);
      assert.deepEqual(await cp.containers(), containers);
    } finally {
      await must(['sh', '-c', CLEAR]);
    }
  });
}

test('every name of the list above is a scenario', () => {
  const known = new Set(REFUSALS.map(({ name }) => name));
  assert.deepEqual([...NAMES].filter((name) => !known.has(name)), []);
});
