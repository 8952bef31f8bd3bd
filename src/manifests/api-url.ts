/** Where an API server answers by its command line: its own address and port, with the defaults of kube-apiserver. */
import { parseFlags } from '../kubelet/flags.ts';

export const API_PORT = '6443';

export function apiUrl(command: readonly string[]): string {
  const flags = parseFlags(command.slice(1));
  return apiUrlAt(flags.get('advertise-address') ?? '127.0.0.1', flags.get('secure-port') ?? API_PORT);
}

export function apiUrlAt(address: string, port: string): string {
  return `https://${address.includes(':') ? `[${address}]` : address}:${port}`;
}
