/**
 * The programs of a pretend node: systemctl, systemd-run, journalctl, logger, kubelet. One short script that asks the
 * daemon and says what it answers; plain CommonJS without dependencies, because it starts a dozen times per change.
 */

/** Names below bin/; the kubelet is the same script at /usr/bin/kubelet of the tree. */
export const PROGRAMS = ['systemctl', 'systemd-run', 'journalctl', 'logger'] as const;

/** Of the containers of a control plane: asked for their flags, they answer. */
export const CONTROL_PLANE_PROGRAMS = ['etcd', 'kube-apiserver', 'kube-controller-manager', 'kube-scheduler'] as const;

/** What a program is asked to do, as one line of JSON. */
export interface ProgramRequest {
  op: 'program';
  node: string;
  program: string;
  args: string[];
  cwd: string;
  pid: number;
  input?: string;
}
export interface ProgramAnswer {
  exit: number;
  stdout: string;
  stderr: string;
}

/** Where Perl is, which starts in a tenth of the time that Node.js needs: a change on a pretend node starts thirty programs. */
export const PERL = '/usr/bin/perl';

/** `interpreter`: Perl, or else Node.js. Both say the same. */
export function programScript(interpreter: string, socket: string, node: string): string {
  return interpreter === PERL ? inPerl(socket, node) : inNode(interpreter, socket, node);
}

function inNode(nodeBinary: string, socket: string, node: string): string {
  return `#!${nodeBinary}
'use strict';
const program = require('node:path').basename(process.argv[1]);
const request = { op: 'program', node: ${JSON.stringify(node)}, program, args: process.argv.slice(2), cwd: process.cwd(), pid: process.pid };
if (program === 'logger') request.input = require('node:fs').readFileSync(0, 'utf8');
let answer = '';
require('node:net')
  .connect(${JSON.stringify(socket)})
  .on('connect', function () { this.end(JSON.stringify(request) + '\\n'); })
  .setEncoding('utf8')
  .on('data', (text) => { answer += text; })
  .on('error', () => {
    process.stderr.write('Failed to connect to bus: No such file or directory\\n');
    process.exitCode = 1;
  })
  .on('end', () => {
    if (answer === '') { process.exitCode = 1; return; }
    const { exit, stdout, stderr } = JSON.parse(answer);
    process.stdout.write(stdout);
    process.stderr.write(stderr);
    process.exitCode = exit;
  });
`;
}

/** With what is built into every Perl alone (Debian's perl-base): text stays bytes, and of JSON there is what JSON.stringify writes. */
function inPerl(socket: string, node: string): string {
  const quoted = (text: string): string => `'${text.replace(/[\\']/g, '\\$&')}'`;
  return `#!${PERL}
use strict;
use Socket;
sub json { my ($text) = @_; $text =~ s/(["\\\\\\x00-\\x1f])/sprintf '\\\\u%04x', ord $1/ge; return "\\"$text\\"" }
my %plain = (n => "\\n", t => "\\t", r => "\\r", b => "\\b", f => "\\f");
my ($program) = $0 =~ m{([^/]+)$};
my $input = $program eq 'logger' ? join('', <STDIN>) : undef;
my $request = '{"op":"program","node":' . json(${quoted(node)}) . ',"program":' . json($program)
  . ',"args":[' . join(',', map { json($_) } @ARGV) . '],"cwd":' . json(readlink '/proc/self/cwd') . ',"pid":' . $$
  . (defined $input ? ',"input":' . json($input) : '') . "}\\n";
my $socket;
if (!socket($socket, PF_UNIX, SOCK_STREAM, 0) || !connect($socket, sockaddr_un(${quoted(socket)}))) {
  print STDERR "Failed to connect to bus: No such file or directory\\n";
  exit 1;
}
$SIG{PIPE} = 'IGNORE';
syswrite $socket, $request;
shutdown $socket, 1;
my $answer = join '', <$socket>;
my ($exit) = $answer =~ /"exit":(\\d+)/ or exit 1;
sub text {
  my ($key) = @_;
  my $text = '';
  pos($answer) = 0;
  $answer =~ /"$key":"/g or return '';
  while ($answer =~ /\\G(?:([^"\\\\]+)|\\\\u([0-9a-f]{4})|\\\\(.))/gc) { $text .= defined $1 ? $1 : defined $2 ? chr hex $2 : $plain{$3} || $3 }
  return $text;
}
print STDOUT text('stdout');
print STDERR text('stderr');
exit $exit;
`;
}
