/** Screens of a broken node: what the doctor says of the ten commonest cases, and two that are brought back. */
import type { Story } from './stories.ts';

/** Title of each case of `kcfg sandbox break`, and words that the doctor says once the case shows in full. */
const CASES: readonly (readonly [name: string, title: string, shows: readonly string[]])[] = [
  ['unknown-flag', 'a flag that the API server does not know', ['unknown-flag', 'exit status 1', 'controller-manager  ends again', 'scheduler           ends again']],
  ['bad-yaml', 'a manifest that is no YAML', ['does not run', 'invalid-yaml']],
  ['wrong-path', 'a certificate that is not there', ['API server ends again', 'controller-manager  ends again', 'scheduler           ends again']],
  ['wrong-port', 'etcd is looked for on another port', ['etcd-', 'controller-manager  ends again', 'scheduler           ends again']],
  ['moved-manifest', 'a manifest that was moved away, and forgotten', ['does not run', 'controller-manager  ends again', 'scheduler           ends again']],
  ['no-directory', 'every manifest is gone', ['missing-directory', 'API server is down', 'kube-scheduler           its manifest']],
  ['stray-file', 'a copy beside its manifest', ['duplicate-pod']],
  ['expired-certificate', 'a certificate that is over', ['certificate-expired']],
  ['bad-config', "a kubelet's configuration that it does not start with", ['kubelet ends again']],
  ['kubelet-stopped', 'a kubelet that was stopped', ['does not run']],
];

/** Asks the doctor until he says all of it, twice in a row: what comes and goes while containers start is not kept. */
function settled(words: readonly string[]): string {
  const says = words.map((each) => `grep -q -e '${each}' "$HOME/said"`).join(' && ');
  return `n=0; for try in $(seq 60); do kcfg sandbox exec cp1 -- kcfg doctor > "$HOME/said"; if ${says}; then n=$((n + 1)); else n=0; fi; [ $n = 2 ] && exit 0; sleep 0.5; done; cat "$HOME/said" >&2; exit 1`;
}

const breaking = (name: string): string[] => [`kcfg sandbox break cp1 ${name}`, settled(CASES.find(([each]) => each === name)?.[2] ?? [])];

async function expect(terminal: Parameters<Story['play']>[0], command: string, expected: number): Promise<void> {
  const status = await terminal.run(command);
  if (status !== expected) throw new Error(`${command}: exit ${status}, not ${expected}\n${terminal.read().join('\n')}`);
}

const numbered = (index: number): string => String(26 + index);

export const BROKEN: readonly Story[] = [
  { name: '25-doctor-healthy', title: 'doctor: nothing is wrong', on: 'node', speed: 5, play: (terminal) => expect(terminal, 'kcfg doctor', 0) },
  ...CASES.map(([name, title], index): Story => ({
    name: `${numbered(index)}-doctor-${name}`,
    title: `doctor: ${title}`,
    on: 'node',
    speed: 5,
    before: breaking(name),
    play: (terminal) => expect(terminal, 'kcfg doctor', 3),
  })),
  {
    name: `${numbered(CASES.length)}-recover`,
    title: 'recover: a state is chosen, and watched while it comes up',
    on: 'node',
    speed: 5,
    before: breaking('unknown-flag'),
    async play(terminal, shot) {
      terminal.type('kcfg recover kube-apiserver');
      await terminal.see('Which state');
      shot();
      terminal.press('Enter');
      await terminal.see('(y/N/d)');
      terminal.type('y');
      if ((await terminal.end()) !== 0) throw new Error(terminal.read().join('\n'));
      await expect(terminal, 'kcfg history', 0);
    },
  },
  {
    name: `${numbered(CASES.length + 1)}-recover-directory`,
    title: 'recover: every manifest is gone',
    on: 'node',
    speed: 5,
    before: ['kcfg sandbox break cp1 no-directory', settled(['missing-directory'])],
    play: (terminal) => expect(terminal, 'kcfg recover --yes --force ambiguous 2>&1 | cat', 0),
  },
];
