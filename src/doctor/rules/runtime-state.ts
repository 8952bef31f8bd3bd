/** The container runtime does not answer: stopped, masked, broken by its configuration, or asked at a wrong address. */
import { nearest } from '../../nearest.ts';
import type { Cause, Rule } from '../cause.ts';
import type { Evidence } from '../evidence.ts';
import type { RuntimeFacts } from '../machine-evidence.ts';
import { kubeletSaid } from './kubelet-down.ts';
import { cause, commands, setting, warning } from './said.ts';

const PART = { component: 'runtime', layer: 'runtime' } as const;

export const runtimeState: Rule = {
  about: 'the container runtime answers where the kubelet asks it',
  find(evidence) {
    const { runtime, node } = evidence;
    if (!node.live || runtime === undefined) return [];
    const endpoint = wrongEndpoint(evidence, runtime);
    return runtime.answers ? atBoot(runtime) : endpoint.length > 0 ? endpoint : down(runtime);
  },
};

/** kubelet cri-client/util: only unix:// is taken; a path alone is no endpoint in newer versions. */
function wrongEndpoint(evidence: Evidence, runtime: RuntimeFacts): Cause[] {
  const { endpoint, socket, sockets = [] } = runtime;
  if (socket === 'socket' || (socket === 'missing' && sockets.length === 0 && !endpoint.includes('dockershim'))) return [];
  // the runtime of that name is down: its socket is gone with it
  if (socket === 'missing' && sockets.every((each) => sameRuntime(each, endpoint)) && isUsual(endpoint) && runtime.unit?.active !== 'active') return [];
  const named = evidence.kubelet.settings?.containerRuntimeEndpoint;
  const meant = nearest(endpoint, sockets) ?? sockets.find((each) => sameRuntime(each, endpoint)) ?? sockets[0] ?? (endpoint.startsWith('/') ? `unix://${endpoint}` : undefined);
  const what = socket === 'none' ? `${endpoint} is no address of a runtime: it begins with unix://` : socket === 'other' ? `${endpoint} is no socket` : endpoint.includes('dockershim') ? `${endpoint} is gone since Kubernetes 1.24` : `there is no socket at ${endpoint}`;
  const where = named?.where === undefined ? [] : [{ ...named.where, ...(meant === undefined ? {} : { label: `${meant} is there` }) }];
  const said = kubeletSaid(evidence, /validate (CRI|service connection)|container runtime/);
  return [cause({ component: 'kubelet', layer: 'kubelet', id: 'runtime-endpoint', now: true, message: `the kubelet looks for the container runtime in the wrong place: ${what}`, verdict: what, where, evidence: said === undefined ? [] : [said], ...(meant === undefined ? { help: ['name the socket of the runtime: kcfg set containerRuntimeEndpoint unix:///PATH'] } : setting(evidence, 'containerRuntimeEndpoint', meant)) })];
}

function isUsual(endpoint: string): boolean {
  return /^unix:\/\/(\/var)?\/run\/(containerd\/containerd|crio\/crio|cri-dockerd)\.sock$/.test(endpoint);
}

function sameRuntime(a: string, b: string): boolean {
  const name = (endpoint: string): string => endpoint.replace(/^unix:\/\/(\/var)?/, '').replace(/.*\//, '');
  return name(a) === name(b);
}

function down(runtime: RuntimeFacts): Cause[] {
  const { unit, words, journal = [] } = runtime;
  const name = unit?.name ?? 'containerd.service';
  const short = name.replace('.service', '');
  const evidence = journal.length > 0 ? journal.slice(-1) : words === undefined ? [] : [words];
  const now = true;
  if (unit?.load === 'not-found') return [cause({ ...PART, id: 'no-runtime', now, message: `systemd has no ${name}, and nothing answers at ${runtime.endpoint}`, verdict: `systemd has no ${name}`, evidence, ...commands(`apt-get install --reinstall ${short === 'containerd' ? 'containerd' : short}`, `systemctl enable --now ${short}`) })];
  if (unit?.load === 'masked') return [cause({ ...PART, id: 'runtime-masked', now, message: `${name} is masked: systemd does not start it`, verdict: 'its unit is masked', kubelet: `Unit ${name} is masked.`, ...commands(`systemctl unmask ${short}`, `systemctl enable --now ${short}`) })];
  if (unit?.program === 'missing' || unit?.program === 'not executable') return [cause({ ...PART, id: 'runtime-program', now, message: `the program of ${name} ${unit.program === 'missing' ? 'is not there' : 'may not be run'}`, verdict: `its program ${unit.program === 'missing' ? 'is not there' : 'may not be run'}`, ...commands(`systemctl cat ${short}`, `apt-get install --reinstall ${short}`, `systemctl restart ${short}`) })];
  if (unit !== undefined && unit.active === 'inactive') return [cause({ ...PART, id: 'runtime-stopped', now, message: `${name} is stopped`, verdict: 'someone stopped it', notes: ['containers run on without it; the kubelet starts none'], ...commands(`systemctl ${unit.file === 'disabled' ? 'enable --now' : 'start'} ${short}`) })];
  if (unit !== undefined && unit.active !== 'active') return [cause({ ...PART, id: 'runtime-ends', now, sure: 'likely', message: `${name} ends at its start${unit.exitStatus === undefined ? '' : `, with exit status ${unit.exitStatus}`}`, verdict: 'it ends at its start', evidence, ...commands(`journalctl -xeu ${short}`, `systemctl reset-failed ${short}`, `systemctl restart ${short}`) })];
  return [cause({ ...PART, id: 'runtime-silent', now, sure: 'likely', message: `the container runtime runs, and does not answer at ${runtime.endpoint}`, verdict: 'it runs, and does not answer', evidence: words === undefined ? [] : [words], ...commands(`journalctl -xeu ${short}`, `systemctl restart ${short}`) })];
}

function atBoot({ unit }: RuntimeFacts): Cause[] {
  if (unit === undefined || unit.active !== 'active') return [];
  const short = unit.name.replace('.service', '');
  if (unit.file === 'disabled') return [warning({ ...PART, id: 'runtime-disabled', message: `${unit.name} does not start when this machine boots`, notes: ['its unit is disabled'], ...commands(`systemctl enable ${short}`) })];
  if (unit.load === 'masked') return [warning({ ...PART, id: 'runtime-masked', message: `${unit.name} is masked, and does not come back when this machine boots`, ...commands(`systemctl unmask ${short}`) })];
  return [];
}
