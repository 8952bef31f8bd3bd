/** The kubelet's service as systemd has it: gone, masked, stopped, not enabled, given up on, or with a program that is not there (systemd.service(5), systemd.exec(5)). */
import type { Cause, Rule } from '../cause.ts';
import type { Evidence } from '../evidence.ts';
import type { UnitFacts } from '../machine-evidence.ts';
import { unitLines } from '../../kubelet/unit-syntax.ts';
import { kubeletDown } from './kubelet-down.ts';
import { cause, commands, warning } from './said.ts';

const PART = { component: 'kubelet', layer: 'unit' } as const;
/** Of systemd: the program could not be run (systemd.exec(5), "Process exit codes"). */
const NOT_EXECUTED = 203;

export const unitState: Rule = {
  about: 'systemd runs the kubelet, and will after a boot',
  find(evidence) {
    const { unit, node, missing } = evidence;
    if (!node.live) return [];
    if (unit === undefined) return missing['kubelet.service'] === undefined ? [gone()] : [];
    if (unit.load === 'masked') return [masked(evidence, unit)];
    if (unit.load === 'bad-setting' || unit.load === 'error') return [unloadable(unit)];
    return [...program(evidence, unit), ...(unit.program === 'runs' || unit.program === undefined ? stopped(evidence, unit) : []), ...enabled(unit), ...reload(evidence, unit)];
  },
};

function gone(): Cause {
  return cause({ ...PART, id: 'no-kubelet', now: true, message: 'systemd has no kubelet.service', verdict: 'systemd has no unit for it', notes: ['its package was removed, or never there; containers run on until they end'], ...commands('apt-get install --reinstall kubelet', 'apt-mark hold kubelet', 'systemctl enable --now kubelet') });
}

function masked({ node }: Evidence, unit: UnitFacts): Cause {
  return cause({ ...PART, id: 'masked', now: unit.active !== 'active', message: 'kubelet.service is masked: systemd does not start it', verdict: 'its unit is masked', where: [{ file: '/etc/systemd/system/kubelet.service', label: '-> /dev/null' }], kubelet: 'Unit kubelet.service is masked.', notes: unit.active === 'active' ? [`it runs, and does not come back when ${node.name} boots`] : [], ...commands('systemctl unmask kubelet', 'systemctl enable --now kubelet') });
}

function unloadable(unit: UnitFacts): Cause {
  const last = execStart(unit);
  return cause({ ...PART, id: 'bad-unit', now: unit.active !== 'active', message: 'systemd cannot read the unit of the kubelet', verdict: 'systemd cannot read its unit', where: last === undefined ? unit.sources.slice(0, 1).map(({ file }) => ({ file })) : [last], notes: last === undefined ? ['a service needs one ExecStart='] : [], ...commands('systemd-analyze verify kubelet.service', 'systemctl daemon-reload', 'systemctl restart kubelet') });
}

/** Its last ExecStart= with something behind it. */
function execStart({ sources }: UnitFacts): { file: string; line: number; text: string } | undefined {
  return sources.flatMap(({ file, text }) => unitLines(text).flatMap(({ section, key, value, line }) => (section === 'Service' && key === 'ExecStart' && value !== '' ? [{ file, line, text: text.split('\n')[line - 1] ?? '' }] : []))).at(-1);
}

function program(evidence: Evidence, unit: UnitFacts): Cause[] {
  const path = unit.argv[0];
  if (path === undefined || unit.program === 'runs' || (unit.program === undefined && unit.exitStatus !== NOT_EXECUTED)) return [];
  const place = execStart(unit);
  const what = unit.program === 'not executable' ? `${path} may not be run: it has no x bit` : `there is no ${path}`;
  const [other] = unit.otherPrograms ?? [];
  const column = place === undefined ? -1 : place.text.indexOf(path);
  const where = place === undefined ? [] : [{ ...place, ...(column < 0 ? {} : { column: column + 1, length: path.length }), ...(other === undefined || unit.program !== 'missing' ? {} : { label: `${other} is there` }) }];
  const change =
    unit.program === 'not executable'
      ? [`chmod 755 ${path}`, 'systemctl restart kubelet']
      : other !== undefined && place !== undefined
        ? [`sed -i 's#${path}#${other}#' ${place.file}`, 'systemctl daemon-reload', 'systemctl restart kubelet']
        : ['apt-get install --reinstall kubelet', 'systemctl restart kubelet'];
  return [cause({ ...PART, id: unit.program === 'not executable' ? 'not-executable' : 'no-program', now: kubeletDown(evidence), message: `${what}, and the unit of the kubelet runs it`, verdict: what, where, notes: unit.exitStatus === NOT_EXECUTED ? ['systemd says: status=203/EXEC, and the kubelet logs nothing'] : [], ...commands(...change) })];
}

function stopped(evidence: Evidence, unit: UnitFacts): Cause[] {
  if (unit.active === 'active' || unit.active === 'activating' || unit.active === 'reloading') return [];
  if (unit.result === 'start-limit-hit' || (unit.active === 'failed' && unit.restarts > 0)) {
    return [cause({ ...PART, id: 'start-limit', now: true, sure: evidence.kubelet.findings.some(({ severity }) => severity === 'error') || evidence.kubelet.rehearsal?.accepted === false ? 'likely' : 'certain', message: 'systemd has given the kubelet up: it ended too often in too short a time', verdict: 'systemd has given it up after too many starts', notes: ['what ended it comes first; then systemd has to be told to try again'], kubelet: 'Start request repeated too quickly.', ...commands('systemctl reset-failed kubelet', 'systemctl start kubelet') })];
  }
  // one that ended by itself has a reason of its own, told by others
  if (unit.active === 'failed' && unit.exitStatus !== 0) return [];
  return [cause({ ...PART, id: 'stopped', now: true, message: 'the kubelet is stopped', verdict: 'someone stopped it', notes: ['systemd has not been told to start it, and it did not fail'], ...commands(`systemctl ${unit.file === 'disabled' ? 'enable --now' : 'start'} kubelet`) })];
}

function enabled(unit: UnitFacts): Cause[] {
  if (unit.file !== 'disabled' || unit.active !== 'active') return [];
  return [warning({ ...PART, id: 'disabled', message: 'the kubelet does not start when this machine boots', notes: ['its unit is disabled'], ...commands('systemctl enable kubelet') })];
}

function reload(evidence: Evidence, unit: UnitFacts): Cause[] {
  if (!unit.needsReload) return [];
  // what its files say now may be mended already
  if (kubeletDown(evidence) && unit.program !== 'missing' && unit.program !== 'not executable') return [cause({ ...PART, id: 'daemon-reload', now: true, sure: evidence.kubelet.findings.some(({ severity }) => severity === 'error') ? 'likely' : 'certain', message: "the kubelet's unit was edited, and systemd still starts what it was before", verdict: 'systemd starts it by the unit as it was before an edit', notes: unit.exitStatus === undefined || unit.exitStatus === 0 ? [] : [`as it was before, it ends with exit status ${unit.exitStatus}${unit.exitStatus === NOT_EXECUTED ? ': its program is not there' : ''}`], kubelet: "The unit file, source configuration file or drop-ins of kubelet.service changed on disk. Run 'systemctl daemon-reload' to reload units.", ...commands('systemctl daemon-reload', 'systemctl restart kubelet') })];
  if (evidence.kubelet.findings.some(({ id }) => id === 'reload-pending')) return [];
  return [warning({ ...PART, id: 'reload-pending', message: "the kubelet's unit was edited since systemd read it", notes: ['a restart starts what systemd knows, and not what the files of the unit say'], ...commands('systemctl daemon-reload', 'systemctl restart kubelet') })];
}
