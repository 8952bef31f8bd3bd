/**
 * A command line as the kubelet's own parser reads it (spf13/pflag with cli/flag WordSepNormalizeFunc): the last of
 * a flag wins, `_` is `-`, a boolean takes no next word, `--` ends the flags.
 */

/** Flags that stand alone: the kubelet's booleans, of 1.37 and of older versions, and klog's and cAdvisor's. */
const BOOLEANS: ReadonlySet<string> = new Set([
  ...['add-dir-header', 'allow-privileged', 'alsologtostderr', 'anonymous-auth', 'authentication-token-webhook'],
  ...['cgroups-per-qos', 'containerized', 'contention-profiling', 'cpu-cfs-quota', 'docker-only'],
  ...['enable-cadvisor-json-endpoints', 'enable-controller-attach-detach', 'enable-debugging-handlers'],
  ...['enable-load-reader', 'enable-server', 'exit-on-lock-contention', 'experimental-allocatable-ignore-eviction'],
  ...['experimental-check-node-capabilities-before-mount', 'experimental-kernel-memcg-notification', 'fail-cgroupv1'],
  ...['fail-swap-on', 'help', 'keep-terminated-pod-volumes', 'kernel-memcg-notification'],
  ...['local-storage-capacity-isolation', 'log-cadvisor-usage', 'log-json-split-stream', 'log-text-split-stream'],
  ...['logtostderr', 'make-iptables-util-chains', 'one-output', 'profiling', 'protect-kernel-defaults'],
  ...['really-crash-for-testing', 'redirect-container-streaming', 'register-node', 'register-schedulable'],
  ...['rotate-certificates', 'rotate-server-certificates', 'runonce', 'seccomp-default', 'serialize-image-pulls'],
  ...['skip-headers', 'skip-log-headers', 'storage-driver-secure', 'version', 'windows-service'],
]);
const LONG_NAMES: Readonly<Record<string, string>> = { v: 'v', h: 'help' };

/** A flag that takes no next word. */
export function standsAlone(name: string): boolean {
  return BOOLEANS.has(name);
}

export interface Flag {
  /** Without dashes in front, `_` as `-`. */
  name: string;
  /** 'true' for a boolean that stands alone. */
  value: string;
  /** Index of its first word in argv. */
  index: number;
}

/** Every flag in the order of the words; others (the program in argv[0] too) are left out. */
export function listFlags(argv: readonly string[]): Flag[] {
  const flags: Flag[] = [];
  for (let index = 0; index < argv.length; index++) {
    const word = argv[index] ?? '';
    if (word === '--') break;
    const [, dashes, written, value] = /^(--?)([^=]+)(?:=([\s\S]*))?$/.exec(word) ?? [];
    if (dashes === undefined || written === undefined) continue;
    const flag = dashes === '--' ? long(written, value) : short(written, value);
    if (flag.value !== undefined) flags.push({ name: flag.name, value: flag.value, index });
    else if (BOOLEANS.has(flag.name)) flags.push({ name: flag.name, value: 'true', index });
    else if (index + 1 < argv.length) flags.push({ name: flag.name, value: argv[index + 1] ?? '', index: index++ });
  }
  return flags;
}

/** The flags in force, by name. Lists and maps, which the kubelet adds up, have their last value only. */
export function parseFlags(argv: readonly string[]): Map<string, string> {
  return new Map(listFlags(argv).map(({ name, value }) => [name, value]));
}

interface Written {
  name: string;
  value: string | undefined;
}

function long(written: string, value: string | undefined): Written {
  return { name: written.replaceAll('_', '-'), value };
}

/** `-v 2`, `-v=2` and `-v2`. */
function short(written: string, value: string | undefined): Written {
  const letter = written.slice(0, 1);
  const rest = written.slice(1);
  const name = LONG_NAMES[letter] ?? letter;
  if (rest === '' || BOOLEANS.has(name)) return { name, value };
  return { name, value: value === undefined ? rest : `${rest}=${value}` };
}
