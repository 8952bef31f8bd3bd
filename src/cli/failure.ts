/**
 * The end of a run that failed: the error on stderr, as lines or as one JSON line; with -o json or yaml a command that
 * changes also puts its document on stdout, so that a script finds a result there whatever happened.
 */
import { EXIT, KcfgError, type ExitStatus } from '../errors.ts';
import { closingLines, findingLines, problemLines } from '../report/error.ts';
import type { ErrorReport, Outcome, Result } from '../report/event.ts';
import { visible } from '../report/width.ts';
import type { Command } from './command.ts';
import type { Output } from './output.ts';

/** Tells what went wrong and returns the exit status. */
export async function tellFailure(error: unknown, out: Output, command: Command | undefined): Promise<ExitStatus> {
  if (!(error instanceof KcfgError)) return tellBug(error, out);
  const report = errorReport(error);
  if (out.format === 'json') out.progress.write(`${JSON.stringify({ error: report })}\n`);
  else out.note(...failureLines(error, out, command));
  if (command?.changes) await out.document(refusal(error.exit, report));
  return error.exit;
}

/** What rules found is told by their names, then what can be done about all of it. */
function failureLines(error: KcfgError, out: Output, command: Command | undefined): string[] {
  const { style } = out.progress;
  const columns = out.progress.columns();
  // what only explains has touched nothing, and need not say so
  if (error.findings.length === 0) return problemLines(command?.name === 'explain' ? { ...error, message: error.message, outcome: undefined } : error, style, columns);
  return [...findingLines(error.findings, style, columns), ...closingLines(error.help, error.outcome, style, columns)];
}

/** A KcfgError as plain data, as it stands in an Outcome. */
export function errorReport(error: KcfgError): ErrorReport {
  const { code, message, where, notes, help } = error;
  return { code, message, where, notes, help, ...(error.findings.length > 0 && { findings: error.findings }) };
}

function refusal(exit: ExitStatus, error: ErrorReport): Outcome {
  const results: Partial<Record<ExitStatus, Result>> = {
    [EXIT.rolledBack]: 'rolled-back',
    [EXIT.incomplete]: 'incomplete',
  };
  return { result: results[exit] ?? 'unchanged', changes: [], checks: [], restarted: [], seconds: 0, error };
}

/** What kcfg did not foresee. Nothing is claimed about the node. */
function tellBug(error: unknown, out: Output): ExitStatus {
  const message = error instanceof Error ? error.message : String(error);
  const stack = error instanceof Error ? (error.stack ?? '') : '';
  if (out.format === 'json') {
    out.progress.write(
      `${JSON.stringify({ error: { code: 'bug', message, where: [], notes: [], help: [], stack } })}\n`,
    );
    return EXIT.failed;
  }
  const help = out.verbose ? [] : ['the same command with --verbose says where in kcfg'];
  const problem = { code: 'bug', message: visible(message), notes: ['a mistake in kcfg, not on this node'], help };
  out.note(...problemLines(problem, out.progress.style, out.progress.columns()));
  if (out.verbose) out.note(stack);
  return EXIT.failed;
}
