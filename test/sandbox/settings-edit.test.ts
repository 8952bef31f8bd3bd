/** `kcfg edit` on a pretend node, with a terminal made by script(1) and an editor that is a shell script. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { kcfgCommand, type SandboxNode, startNode } from './node.ts';

const CONFIG = '/var/lib/kubelet/config.yaml';

interface Answer {
  to: string;
  key: string;
}

/** Types each answer when its question is on screen. */
function edit(node: SandboxNode, words: string[], script: string, answers: Answer[]): Promise<{ code: number; screen: string }> {
  const editor = join(node.dir, 'editor');
  writeFileSync(editor, `#!/bin/sh\n${script}\n`, { mode: 0o755 });
  const command = [...kcfgCommand(), 'edit', ...words, '--no-color'].join(' ');
  return new Promise((resolve, reject) => {
    const child = spawn('script', ['-qec', command, '/dev/null'], { env: { ...node.env, EDITOR: editor, TERM: 'xterm' }, timeout: 60_000, killSignal: 'SIGKILL' });
    const left = [...answers];
    let screen = '';
    let seen = 0;
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      screen += text;
      const next = left[0];
      const at = next === undefined ? -1 : screen.indexOf(next.to, seen);
      if (next === undefined || at < 0) return;
      left.shift();
      // a question is drawn anew with each key: the next one is looked for behind the end of this answer
      setTimeout(() => {
        seen = screen.length;
        child.stdin.write(next.key);
      }, 300);
    });
    child.once('error', reject);
    child.once('close', (code) => resolve({ code: code ?? 137, screen }));
  });
}

test('an editor of one’s own: what is wrong is told, edited again, and applied', { timeout: 180_000 }, async () => {
  const node = await startNode({ speed: 20 });
  try {
    const original = node.read(CONFIG);
    const drafts = (): string[] => readdirSync(join(node.root, 'run/kcfg')).filter((name) => name.startsWith('edit-'));

    const same = await edit(node, [], 'true', []);
    assert.equal(same.code, 0, same.screen);
    assert.match(same.screen, /The file is as it was\. Nothing was changed\./);
    assert.deepEqual(drafts(), []);

    // broken, and left so: the text is kept
    const given = await edit(node, [], `echo 'maxPods: [' >>"$1"`, [{ to: 'Edit again?', key: 'n\r' }]);
    assert.equal(given.code, 4, given.screen);
    assert.match(given.screen, /error\[invalid-yaml\]/);
    assert.match(given.screen, /Your text is kept: \/run\/kcfg\/edit-config\.yaml/);
    assert.equal(readFileSync(join(node.root, 'run/kcfg/edit-config.yaml'), 'utf8'), `${original}maxPods: [\n`);
    assert.equal(node.read(CONFIG), original);

    // what a kubelet would not take, then what it does
    const count = join(node.dir, 'count');
    const again = await edit(
      node,
      [],
      `if [ -e ${count} ]; then sed -i 's/many/150 # by hand/' "$1"; else touch ${count}; printf 'maxPods: many\\n' >>"$1"; fi`,
      [{ to: 'Edit again?', key: 'y\r' }, { to: 'Apply?', key: 'y\r' }],
    );
    assert.equal(again.code, 0, again.screen);
    assert.match(again.screen, /error\[type\]: maxPods is a whole number/);
    assert.equal(node.read(CONFIG), `${original}maxPods: 150 # by hand\n`);
    assert.equal((await node.kcfg(['get', 'maxPods'])).stdout, '150\n');
    assert.equal((await node.kcfg(['rollback', '--yes'])).code, 0);
    assert.equal(node.read(CONFIG), original);

    const none = await edit(node, ['other.yaml'], 'true', []);
    assert.equal(none.code, 2, none.screen);
    assert.equal((await node.kcfg(['edit'])).code, 2, 'no terminal');
  } finally {
    await node.down();
  }
});

test('a manifest in an editor of one’s own: without its pin; a flag that is none is told, edited again, and applied', { timeout: 180_000 }, async () => {
  const node = await startNode({ speed: 20 });
  try {
    assert.equal((await node.kcfg(['set', 'staticPodPath', '/etc/kubernetes/static', '--yes'])).code, 0);
    const path = '/etc/kubernetes/static/kube-scheduler.yaml';
    const pinned = node.read(path);
    assert.match(pinned, /^ {2}uid: /m);
    const [draft, count] = [join(node.dir, 'draft'), join(node.dir, 'count')];
    const run = await edit(
      node,
      ['kube-scheduler'],
      `cp "$1" ${draft}; if [ -e ${count} ]; then sed -i 's/--vv=3/--v=3/' "$1"; else touch ${count}; sed -i 's/    - --leader-elect=true/&\\n    - --vv=3/' "$1"; fi`,
      [{ to: 'Edit again?', key: 'y\r' }, { to: 'Apply?', key: 'y\r' }],
    );
    assert.equal(run.code, 0, run.screen);
    assert.match(run.screen, /error\[unknown-flag\]: this kube-scheduler has no flag --vv/);
    assert.doesNotMatch(readFileSync(draft, 'utf8'), /uid:|Pinned by/, 'the draft has no pin');
    assert.match(node.read(path), /- --leader-elect=true\n {4}- --v=3\n/);
    assert.doesNotMatch(node.read(path), /uid:/);
    assert.deepEqual(readdirSync(join(node.root, 'run/kcfg')).filter((name) => name.startsWith('edit-')), []);
  } finally {
    await node.down();
  }
});
