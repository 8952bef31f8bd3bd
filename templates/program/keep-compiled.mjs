/**
 * Runs each hot command once, and keeps beside it what V8 compiled of it: FILE.cjs → FILE.compiled. V8 takes that back only with
 * the same Node.js, so it is done by the build for whoever runs dist/, and again by the package on the node, with its own Node.js.
 *
 *   node keep-compiled.mjs         all that lie beside this file, each in a process of its own
 *   node keep-compiled.mjs FILE TREE
 */
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { Script } from 'node:vm';

/** What is run of each, so that it is known which functions a run needs. */
const WORDS = { get: ['maxPods'], explain: ['cpuManagerPolicy'], validate: [] };
/** As kubeadm writes it. */
const CONFIG = `apiVersion: kubelet.config.k8s.io/v1beta1
authentication:
  anonymous:
    enabled: false
  webhook:
    cacheTTL: 0s
    enabled: true
  x509:
    clientCAFile: /etc/kubernetes/pki/ca.crt
authorization:
  mode: Webhook
cgroupDriver: systemd
clusterDNS:
- 10.96.0.10
clusterDomain: cluster.local
containerRuntimeEndpoint: ""
evictionHard:
  memory.available: "100Mi"
evictionPressureTransitionPeriod: 0s
featureGates:
  NodeSwap: true
imageMaximumGCAge: 0s
kind: KubeletConfiguration
logging:
  flushFrequency: 0
  options:
    json:
      infoBufferSize: "0"
  verbosity: 0
maxPods: 150
memorySwap: {}
resolvConf: /run/systemd/resolve/resolv.conf
rotateCertificates: true
shutdownGracePeriod: 0s
staticPodPath: /etc/kubernetes/manifests
syncFrequency: 0s
`;

const [, self, file, root] = process.argv;
if (file === undefined || root === undefined) keepAll(dirname(self));
else await keep(file, root);

function keepAll(directory) {
  const tree = mkdtempSync(join(tmpdir(), 'kcfg-compile-'));
  try {
    mkdirSync(join(tree, 'var/lib/kubelet'), { recursive: true });
    writeFileSync(join(tree, 'var/lib/kubelet/config.yaml'), CONFIG);
    for (const name of readdirSync(directory).filter((each) => each.endsWith('.cjs'))) {
      execFileSync(process.execPath, [self, join(directory, name), tree], { stdio: ['ignore', 'ignore', 'inherit'] });
    }
  } finally {
    rmSync(tree, { recursive: true, force: true });
  }
}

async function keep(path, tree) {
  const command = basename(path).replace(/-.*/, '');
  process.argv.splice(1, Infinity, path, command, ...WORDS[command], '--root', tree);
  const script = new Script(readFileSync(path, 'latin1'), { filename: path });
  await script.runInThisContext()(dirname(path), path, (name) => import(join(dirname(path), name)));
  writeFileSync(path.replace(/\.cjs$/, '.compiled'), withSum(script.createCachedData()));
  process.exitCode = 0; // what the command found does not matter here
}

/** In front the sum of all words behind it, and the length; zeros up to whole words at the end: start.js adds them up again. */
function withSum(data) {
  const bytes = Buffer.alloc(8 + Math.ceil(data.length / 4) * 4);
  data.copy(bytes, 8);
  bytes.writeUInt32LE(data.length, 4);
  const words = new Uint32Array(bytes.buffer, bytes.byteOffset, bytes.length >> 2);
  let sum = 0;
  for (let i = 1; i < words.length; i++) sum = (Math.imul(sum, 31) + words[i]) | 0;
  bytes.writeUInt32LE(sum >>> 0, 0);
  return bytes;
}
