/** The control plane's programs as their manifests start them, and how each fares: what the rules about certificates ask first. */
import { parseFlags } from '../../kubelet/flags.ts';
import type { Component, Layer } from '../cause.ts';
import type { ContainerFacts, EntryFacts, Evidence, PodFacts } from '../evidence.ts';

export interface Program {
  component: Component;
  /** Of its manifest. */
  entry: EntryFacts;
  flags: ReadonlyMap<string, string>;
  image: string;
}

export const LAYER_OF: Readonly<Record<Component, Layer>> = {
  kubelet: 'kubelet',
  etcd: 'etcd',
  'kube-apiserver': 'kube-apiserver',
  'kube-controller-manager': 'controllers',
  'kube-scheduler': 'controllers',
};

/** Undefined where no manifest starts it, or none that can be read. */
export function programOf(evidence: Evidence, component: Component): Program | undefined {
  // of two files with one pod the last counts (kubelet config/file.go: a map by name, in the order of names)
  const entry = evidence.directory.entries.findLast(({ pod, skipped, containers }) => skipped === undefined && pod?.name === component && containers.length > 0);
  const container = entry?.containers.find(({ name, command }) => name === component || command[0]?.endsWith(component) === true) ?? entry?.containers[0];
  if (entry === undefined || container === undefined) return undefined;
  return { component, entry, flags: parseFlags(container.command.slice(1)), image: container.image };
}

export function podOf(evidence: Evidence, component: Component): PodFacts | undefined {
  return evidence.pods.find(({ name, fullName }) => name === component || fullName.startsWith(`${component}-`));
}
export function containerOf(evidence: Evidence, component: Component): ContainerFacts | undefined {
  const all = podOf(evidence, component)?.containers ?? [];
  return all.find(({ name }) => name === component) ?? all[0];
}

/** Something that stops it from starting has stopped it. Where nobody knows whether it runs, it is taken to have. */
export function isDown(evidence: Evidence, component: Component): boolean {
  if (component === 'kubelet') return evidence.unit === undefined || evidence.unit.active !== 'active' || evidence.kubelet.healthy === false;
  const state = podOf(evidence, component)?.state;
  return state !== 'up';
}

/** The last lines of a program's log that say it, newest last; the kubelet's are its journal's. */
export function saying(evidence: Evidence, component: Component, what: RegExp, most = 2): string[] {
  const lines = component === 'kubelet' ? evidence.journal.map(({ message }) => message) : (podOf(evidence, component)?.containers ?? []).flatMap(({ log, words, message }) => [...log, words, message]);
  return [...new Set(lines.filter((line) => what.test(line)).map((line) => line.trim()))].slice(-most).map(short);
}

/** Half of a screen: what a log line says stands at its begin or around its error. */
function short(line: string): string {
  return line.length <= 300 ? line : `${line.slice(0, 297)}...`;
}

/** 'v1.37.2', of the API server's image, else of the kubelet: kubeadm asks the internet for it where it is not told. */
export function kubernetesVersion(evidence: Evidence): string | undefined {
  const tag = /:(v\d+\.\d+\.\d+\S*?)(?:@|$)/.exec(programOf(evidence, 'kube-apiserver')?.image ?? '')?.[1];
  const own = evidence.kubelet.version;
  return tag ?? (own === undefined ? undefined : `v${own.replace(/^v/, '')}`);
}
