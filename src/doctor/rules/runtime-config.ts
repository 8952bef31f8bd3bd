/**
 * containerd's config.toml: CRI switched off, as docker's package ships it; TOML that does not parse; tables of version 2 in a
 * file of version 3, which containerd 2 reads past; a cgroup driver other than the kubelet's (containerd docs/cri/config.md).
 */
import type { Cause, Rule } from '../cause.ts';
import type { Evidence } from '../evidence.ts';
import { minorOf } from './kubelet-down.ts';
import { cause, commands, warning } from './said.ts';
import { readToml, type Toml } from './toml.ts';

const FILE = '/etc/containerd/config.toml';
const PART = { component: 'runtime', layer: 'runtime' } as const;
/** Names of CRI, in config.toml of version 1, 2 and 3. */
const CRI = ['cri', 'io.containerd.grpc.v1.cri', 'io.containerd.cri.v1.runtime', 'io.containerd.cri.v1.images'];
const REWRITE = [`cp ${FILE} ${FILE}.before`, `containerd config default > ${FILE}`, 'systemctl restart containerd'];

export const runtimeConfig: Rule = {
  about: 'the configuration of containerd can be read, with CRI in it',
  find(evidence) {
    const text = evidence.texts[FILE];
    if (!evidence.node.live || text === undefined || evidence.runtime?.unit?.name !== 'containerd.service') return [];
    const toml = readToml(text);
    return [...broken(evidence, toml), ...disabled(evidence, toml, text), ...oldTables(evidence, toml, text), ...driver(evidence, toml, text)];
  },
};

function isDown({ runtime }: Evidence): boolean {
  return runtime?.answers === false;
}

function broken(evidence: Evidence, toml: Toml): Cause[] {
  if (toml.broken === undefined) return [];
  const words = evidence.runtime?.journal?.findLast((line) => /toml|config/.test(line));
  // what this reader does not take, and the runtime does, is no cause
  if (!isDown(evidence)) return [];
  return [cause({ ...PART, id: 'runtime-config', now: true, sure: words === undefined && evidence.runtime?.unit?.active === 'active' ? 'likely' : 'certain', message: `line ${toml.broken.line} of ${FILE} is no TOML, and containerd does not start`, verdict: `its configuration, line ${toml.broken.line}, cannot be read`, where: [{ file: FILE, line: toml.broken.line, text: toml.broken.text, column: 1, length: Math.max(1, toml.broken.text.length) }], evidence: words === undefined ? [] : [words], ...commands(`vi +${toml.broken.line} ${FILE}`, 'systemctl restart containerd') })];
}

function disabled(evidence: Evidence, toml: Toml, text: string): Cause[] {
  const line = toml.lines.find(({ table, key }) => table === '' && key === 'disabled_plugins');
  const name = CRI.find((each) => new RegExp(`["']${each.replaceAll('.', '\\.')}["']`).test(line?.value ?? ''));
  if (line === undefined || name === undefined) return [];
  const shown = text.split('\n')[line.line - 1] ?? '';
  const says = { ...PART, id: 'cri-disabled', message: `containerd's configuration switches CRI off, by which the kubelet talks to it`, where: [{ file: FILE, line: line.line, text: shown, column: Math.max(1, shown.indexOf(name) + 1), length: name.length }], notes: ['the package containerd.io of Docker ships it so'], kubelet: 'unknown service runtime.v1.RuntimeService', ...commands(`sed -i '${line.line}s/.*/disabled_plugins = []/' ${FILE}`, 'systemctl restart containerd') };
  if (isDown(evidence)) return [cause({ ...says, now: true, verdict: 'its configuration switches CRI off' })];
  // it answers: containerd has not been restarted since
  return [cause({ ...says, now: false, verdict: "containerd's configuration switches CRI off at its next start" })];
}

function oldTables(evidence: Evidence, toml: Toml, text: string): Cause[] {
  const version = Number(toml.lines.find(({ table, key }) => table === '' && key === 'version')?.value ?? 1);
  const old = toml.tables.find(({ name }) => name.startsWith('plugins.io.containerd.grpc.v1.cri'));
  if (version < 3 || old === undefined) return [];
  const shown = text.split('\n')[old.line - 1] ?? '';
  return [warning({ ...PART, id: 'runtime-tables', message: `the table in line ${old.line} has no effect: containerd's configuration of version 3 calls it io.containerd.cri.v1`, where: [{ file: FILE, line: old.line, text: shown, column: 1, length: Math.max(1, shown.length) }], notes: [isDown(evidence) ? 'what is set there is not in force' : 'containerd goes on without what is set there'], ...commands('containerd config migrate') })];
}

/**
 * From 1.34 on the kubelet takes the driver from the runtime, where that says one: containerd 2 does (KubeletCgroupDriverFromCRI).
 * Before, a different one lets sandboxes be re-created every few minutes with cgroup v2; with v1 it goes well for long.
 */
function driver(evidence: Evidence, toml: Toml, text: string): Cause[] {
  const { kubelet, runtime, host } = evidence;
  const setting = kubelet.settings?.cgroupDriver;
  const line = toml.lines.find(({ table, key }) => key === 'SystemdCgroup' && table.includes('runc.options'));
  const ofRuntime = line?.value === 'true' ? 'systemd' : 'cgroupfs';
  const asks = (minorOf(kubelet.version) ?? 99) >= 34 && Number(runtime?.version?.replace(/^v/, '').split('.')[0] ?? 2) >= 2;
  if (setting === undefined || setting.value === ofRuntime || (line === undefined && Number(runtime?.version?.replace(/^v/, '').split('.')[0] ?? 0) >= 2)) return [];
  const where = [...(line === undefined ? [{ file: FILE, label: 'no SystemdCgroup' }] : [{ file: FILE, line: line.line, text: text.split('\n')[line.line - 1] ?? '', column: 1, length: 13 }]), ...(setting.where === undefined ? [] : [setting.where])];
  const says = { ...PART, id: 'cgroup-driver', message: `the kubelet has the cgroup driver ${String(setting.value)}, and containerd has ${ofRuntime}`, where, ...(line === undefined ? commands(...REWRITE.slice(0, 2), `sed -i 's/SystemdCgroup = false/SystemdCgroup = ${String(setting.value === 'systemd')}/' ${FILE}`, 'systemctl restart containerd kubelet') : commands(`sed -i '${line.line}s/${line.value}/${String(setting.value === 'systemd')}/' ${FILE}`, 'systemctl restart containerd kubelet')) };
  if (asks) return [warning({ ...says, notes: ['the kubelet takes the one of containerd from 1.34 on; its own setting has no effect'] })];
  const restarting = evidence.pods.some(({ state, sandboxes }) => state !== 'up' && sandboxes.length > 1);
  if (host.cgroup === 2 && restarting) return [cause({ ...says, now: true, sure: 'likely', verdict: 'its cgroup driver is not that of the kubelet', notes: ['with cgroup v2 sandboxes are ended and made again every few minutes'] })];
  return [warning({ ...says, notes: ['pods may be ended and made again every few minutes'] })];
}
