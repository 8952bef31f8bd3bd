/** Everything that a plan for settings is made from: what was found, what is wanted, and the bytes of the files concerned. */
import type { ConfigDocument } from '../../kubelet/document.ts';
import type { Layered } from '../../kubelet/layered.ts';
import type { Data } from '../../kubelet/merge.ts';
import type { Facts } from '../../kubelet/rules/judge.ts';
import type { UnitText } from '../../kubelet/unit.ts';
import type { Destination } from '../../node/destination.ts';
import type { Observed } from '../../node/observed.ts';
import type { SettingsTarget } from '../../node/target.ts';

export interface SettingsInput {
  id: string;
  kcfg: string;
  madeAt: string;
  target: SettingsTarget;
  observed: Observed;
  layered: Layered;
  /** The config file and the drop-ins, by path. */
  documents: ReadonlyMap<string, ConfigDocument>;
  /** The drop-in directory that the kubelet is started with. */
  configDir: string | undefined;
  /** Bytes of the configuration files, the environment files of the unit, and instance-config.yaml, where they are there. */
  sources: ReadonlyMap<string, Uint8Array>;
  /** Which of them are links, and what they say. */
  links: ReadonlyMap<string, string>;
  /** The unit, its drop-ins and its environment files, in the order in which systemd reads them; missing files with no text. */
  unit: readonly UnitText[];
  /** Names in kcfg's own drop-in directory; undefined where it is not there. */
  ownDirectory: readonly string[] | undefined;
  /** What the running kubelet has, by /configz, where it may have another configuration than its files. */
  running?: Data;
  /** State files of the kubelet that are there, by path. */
  stateFiles: ReadonlyMap<string, Uint8Array>;
  facts: Facts;
  /** Pods that a drain would have taken away, by name; undefined where it cannot be told. */
  undrained?: readonly string[];
  /** Where the static pods come back to, of a roll-back that brings their path back. */
  destination?: Pick<Destination, 'atBoot' | 'mount'>;
  /** False with `--root`: files only. */
  live: boolean;
  /** Hashes of the files that the plan stands on besides those it edits. */
  ground: Record<string, string | null>;
}
