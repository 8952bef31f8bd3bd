/**
 * The process of a pretend kube-apiserver: needs etcd to begin, answers 500 while etcd is away, stops listening on
 * SIGTERM and drains for a minute (60.1 s on a real node), as the real one does.
 */
import { X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createApiServer } from './api-server.ts';
import type { Component, Run } from './component.ts';
import { portOf } from './etcd.ts';
import { findInside } from './inside.ts';

/** Gives up on etcd after 20 s (apiserver, storagebackend/factory/etcd3.go). */
const ETCD_PATIENCE_MS = 20_000;
const DRAIN_MS = 60_000;

export function startApiServer(run: Run): Component {
  const { flags, timers, neighbours, machine } = run;
  const port = Number(flags.get('secure-port') ?? 6443);
  let stopServing: (() => void) | undefined;
  let started = false;
  let draining = false;
  let checked: { text: string; trusted: string; ok: boolean } | undefined;

  const etcdAnswers = (): boolean => {
    const trusted = neighbours.etcd.get(portOf(flags.get('etcd-servers')) ?? 0);
    const client = findInside(machine.root, flags.get('etcd-certfile') ?? '/none');
    if (trusted === undefined || client === undefined) return false;
    const text = readFileSync(client, 'utf8');
    // asked several times a second, and a signature costs half a millisecond
    if (checked?.text !== text || checked.trusted !== trusted) checked = { text, trusted, ok: signedBy(text, trusted) };
    return checked.ok;
  };
  const ready = (): boolean => started && stopServing !== undefined && etcdAnswers();

  const begin = (tls: { cert: string; key: string; ca: string }): void => {
    const { version, speed } = machine.settings;
    const serveOrNot = (): void => {
      const wanted = !draining && machine.faults.get('api-down') === undefined;
      if (wanted && stopServing === undefined) {
        stopServing = run.serve(() => createApiServer({ tls, cluster: neighbours.cluster, version, speed, ready }), port);
      } else if (!wanted && stopServing !== undefined) {
        stopServing();
        stopServing = undefined;
      }
    };
    serveOrNot();
    run.onGone(machine.faults.watch(serveOrNot));
    timers.after(400, () => {
      started = true;
    });
  };

  timers.after(300, () => {
    const [cert, key, ca] = [run.file('tls-cert-file'), run.file('tls-private-key-file'), run.file('client-ca-file')];
    if (cert === undefined || key === undefined || ca === undefined) return;
    if (run.file('etcd-cafile') === undefined || run.file('etcd-certfile') === undefined || !run.claim(port)) return;
    neighbours.apiServers.set(run.id, ready);
    run.onGone(() => neighbours.apiServers.delete(run.id));
    const giveUp = timers.after(ETCD_PATIENCE_MS, () =>
      run.exit(1, 'Error: problem initializing API group "": context deadline exceeded'),
    );
    const stopWaiting = timers.every(100, () => {
      if (!etcdAnswers()) return;
      stopWaiting();
      giveUp();
      begin({ cert, key, ca });
    });
  });
  return {
    ready,
    terminate() {
      if (draining) return;
      draining = true;
      machine.ports.delete(port);
      stopServing?.();
      stopServing = undefined;
      timers.after(DRAIN_MS, () => run.exit(0));
    },
  };
}

function signedBy(client: string, authority: string): boolean {
  try {
    return new X509Certificate(client).verify(new X509Certificate(authority).publicKey);
  } catch {
    return false;
  }
}
