/** What the programs of a control plane say of their flags, in their own words (1.37.2, etcd 3.7). */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isRefused, parseHelp } from '../../../src/manifests/program-flags.ts';

const KUBE = `Usage:
  kube-apiserver [flags]

Generic flags:

      --advertise-address ip                               The IP address on which to advertise the apiserver. See --bind-address 0.0.0.0
      --cors-allowed-origins strings                       List of allowed origins for CORS, comma separated.
      --feature-gates colonSeparatedMultimapStringString   Comma-separated list
                                                           kube:APIResponseCompression=true|false (BETA - default=true)
      --profiling                                          Enable profiling via web interface (default true)
  -v, --v Level                              number for the log level verbosity
  -h, --help                     help for kube-apiserver
      --version version[=true]   --version, --version=raw prints version information and quits
`;
const ETCD = `Usage:

  etcd [flags]
    Start an etcd server.

  etcd --config-file
    Path to the server configuration file.

Member:
  --name 'default'
    Human-readable name for this member. See --data-dir
  --bcrypt-cost 10
  --client-cert-auth 'false'
    Enable client cert authentication.
`;

test('flags of pflag, with their types; what stands in a text is none', () => {
  assert.deepEqual(
    [...parseHelp('kube-apiserver', KUBE)],
    [
      ['advertise-address', { type: 'ip', bare: false }],
      ['cors-allowed-origins', { type: 'strings', bare: false }],
      ['feature-gates', { type: 'colonSeparatedMultimapStringString', bare: false }],
      ['profiling', { type: 'bool', bare: true }],
      ['v', { type: 'Level', bare: false }],
      ['help', { type: 'bool', bare: true }],
      ['h', { type: 'bool', bare: true }],
      ['version', { type: 'version[=true]', bare: true }],
    ],
  );
});

test('flags of etcd, the bool ones by their default', () => {
  const known = parseHelp('etcd', ETCD);
  assert.deepEqual([...known.keys()], ['name', 'bcrypt-cost', 'client-cert-auth', 'help', 'h', 'version']);
  assert.equal(known.get('client-cert-auth')?.bare, true);
  assert.equal(known.get('name')?.bare, false);
});

test('a text of another kind has none', () => {
  assert.equal(parseHelp('etcd', 'flag provided but not defined: -help\n').size, 0);
  assert.equal(parseHelp('kube-scheduler', '').size, 0);
});

test('a flag is refused where the program does not know it, not where its value is bad or it is deprecated', () => {
  assert.equal(isRefused('kube-apiserver', 'bogus', 'Error: unknown flag: --bogus\n'), true);
  assert.equal(isRefused('kube-apiserver', 'admission-control', 'Flag --admission-control has been deprecated, Use --enable-admission-plugins\n'), false);
  assert.equal(isRefused('kube-apiserver', 'old', 'Error: invalid argument "" for "--old" flag'), false);
  assert.equal(isRefused('etcd', 'bogus', 'flag provided but not defined: -bogus\nUsage:\n'), true);
});
