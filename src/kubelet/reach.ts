/** Where the kubelet of a configuration answers. A port of 0: it does not listen there at all. */
import type { Layered } from './layered.ts';

export interface Reach {
  healthz: { address: string; port: number };
  secure: { address: string; port: number };
}

export function reachOf(layered: Layered): Reach {
  const value = (name: string): unknown => layered.layersOf([name])[0]?.value ?? '';
  const address = String(value('address'));
  const everywhere = address === '' || address === '0.0.0.0' || address === '::';
  return {
    healthz: { address: String(value('healthzBindAddress')), port: Number(value('healthzPort')) },
    // without its server it has neither /configz nor /pods nor /metrics (cmd/kubelet/app/server.go:1335@1.37.2)
    secure: { address: everywhere ? '127.0.0.1' : address, port: value('enableServer') === false ? 0 : Number(value('port')) },
  };
}
