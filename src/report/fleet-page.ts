/** The report of a fleet as one HTML page: no network, no other file, readable without its script, which only filters. */
import { createHash } from 'node:crypto';
import { tally, type FleetReport, type NodeReport } from '../fleet/report.ts';
import { count } from './format.ts';

const STYLE = `
:root { color-scheme: light dark; --line: color-mix(in srgb, currentColor 20%, transparent); --bad: #c0262d; --good: #22863a }
@media (prefers-color-scheme: dark) { :root { --bad: #ff7b72; --good: #56d364 } }
body { font: 15px/1.5 system-ui, sans-serif; margin: 2rem auto; max-width: 76rem; padding: 0 1rem }
h1 { font-size: 1.5rem; margin-bottom: 0 } p.at { margin-top: 0; opacity: .7 }
dl { display: grid; grid-template-columns: repeat(auto-fit, minmax(13rem, 1fr)); gap: .5rem 2rem; margin: 1.5rem 0 }
dt { opacity: .7; font-size: .85rem } dd { margin: 0; white-space: pre-line; overflow-wrap: anywhere }
.filter { display: flex; flex-wrap: wrap; gap: 1rem; margin: 1rem 0 } .filter input[type=search] { flex: 1 1 14rem; font: inherit; padding: .3rem .5rem }
table { border-collapse: collapse; width: 100% } th, td { text-align: left; vertical-align: top; padding: .35rem .75rem .35rem 0; border-bottom: 1px solid var(--line) } td { overflow-wrap: break-word } td:first-child { min-width: 13rem; overflow-wrap: anywhere }
th { position: sticky; top: 0; background: Canvas; font-size: .85rem } .bad { color: var(--bad) } .good { color: var(--good) }
ul { margin: .25rem 0 0; padding-left: 1.1rem } code { font-size: .9em }
@media (max-width: 44rem) { thead { display: none } tr { display: block; padding: .5rem 0; border-bottom: 1px solid var(--line) } td { display: block; border: 0; padding: .05rem 0 } td[data-of]::before { content: attr(data-of) ' '; opacity: .6; font-size: .85rem } td:empty { display: none } }
@media print { .filter { display: none } }`;

const SCRIPT = `
const rows = [...document.querySelectorAll('tbody tr')];
const [words, bad, shown] = ['words', 'bad', 'shown'].map((id) => document.getElementById(id));
const filter = () => {
  const wanted = words.value.toLowerCase().split(/\\s+/);
  let left = 0;
  for (const row of rows) {
    row.hidden = (bad.checked && row.dataset.ok === 'yes') || !wanted.every((word) => row.textContent.toLowerCase().includes(word));
    if (!row.hidden) left++;
  }
  shown.textContent = left + ' of ' + rows.length + ' nodes';
};
for (const input of [words, bad]) input.addEventListener('input', filter);
filter();`;

/** What runs and what paints is these two and nothing else, whatever a node is called (CSP Level 3, 2.3.1, hash sources). */
const hashOf = (content: string): string => `'sha256-${createHash('sha256').update(content).digest('base64')}'`;

/** Whatever nodes and inventories say is text on this page. */
const text = (words: string): string => words.replace(/[&<>"']/g, (letter) => `&#${letter.codePointAt(0)};`);

export function fleetPage({ at, nodes }: FleetReport): string {
  const bad = nodes.filter(({ ok }) => !ok).length;
  const summary: [string, string][] = [
    ['Nodes', `${nodes.length}, ${bad === 0 ? 'nothing wrong' : `${bad} broken, or about to be`}`],
    ['Kubelets', tally(nodes.map(({ kubelet }) => kubelet), '\n')],
    ['staticPodPath', tally(nodes.map(({ staticPodPath }) => (staticPodPath === '' ? 'none' : staticPodPath)), '\n')],
    ['Pinned manifests', `${nodes.reduce((sum, { pinned }) => sum + pinned, 0)} on ${count(nodes.filter(({ pinned }) => pinned > 0).length, 'node')}`],
    ['Drift', count(nodes.filter(({ drift }) => drift.length > 0).length, 'node')],
    ['Changes not decided', count(nodes.filter(({ pending }) => pending !== undefined).length, 'node')],
    ['STIG V-242397', tally(nodes.map(({ stig }) => stig), '\n')],
  ];
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src ${hashOf(`${STYLE}\n`)}; script-src ${hashOf(`${SCRIPT}\n`)}">
<title>kcfg: ${count(nodes.length, 'node')}</title><style>${STYLE}
</style></head><body>
<h1>${bad === 0 ? 'Nothing is wrong' : `${count(bad, 'node')} to look at`}</h1><p class="at">${text(at)}, by kcfg fleet report</p>
<dl>${summary.map(([term, words]) => `<div><dt>${text(term)}</dt><dd>${text(words)}</dd></div>`).join('')}</dl>
<div class="filter"><input type="search" id="words" placeholder="Find a node, a version, a word" aria-label="Find"><label><input type="checkbox" id="bad"> only what is wrong</label><span id="shown"></span></div>
<table><thead><tr><th>Node</th><th>Stands</th><th>Role</th><th>Kubelet</th><th>staticPodPath</th><th>Pins</th><th>STIG</th><th>Last change</th></tr></thead><tbody>
${[...nodes.filter(({ ok }) => !ok), ...nodes.filter(({ ok }) => ok)].map(row).join('\n')}
</tbody></table><script>${SCRIPT}
</script></body></html>
`;
}

function row(node: NodeReport): string {
  const more = [...node.findings.map(({ severity, message }) => `${severity}: ${message}`), ...node.drift, ...(node.pending === undefined ? [] : [`change ${node.pending} is not decided`])];
  const cell = (of: string, words: string): string => `<td data-of="${of}">${text(words)}</td>`;
  return `<tr data-ok="${node.ok ? 'yes' : 'no'}"><td><b>${text(node.name)}</b></td><td><span class="${node.ok ? 'good' : 'bad'}">${node.ok ? '✓' : '✗'}</span> ${text(node.words)}${more.length === 0 ? '' : `<ul>${more.map((line) => `<li>${text(line)}</li>`).join('')}</ul>`}</td>${cell('role', node.role ?? '')}${cell('kubelet', node.kubelet ?? '')}${cell('path', node.staticPodPath ?? '')}${cell('pins', node.pinned === 0 ? '' : `${node.pinned} of ${node.pods}`)}${cell('STIG', node.stig ?? '')}${cell('last', node.lastChange ?? '')}</tr>`;
}
