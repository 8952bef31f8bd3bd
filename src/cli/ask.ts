/**
 * Questions, by inquirer, loaded when the first one is asked. Call these only where `out.interactive` holds: without
 * a terminal inquirer prints its question all the same. Ctrl-C and a closed terminal are an answer too: `interrupted`.
 */
import { KcfgError, NOTHING_CHANGED } from '../errors.ts';
import { padEnd, width, wrap } from '../report/width.ts';
import type { Output } from './output.ts';

export interface Suggestion {
  path: string;
  /** What it would mean, e.g. 'new, same filesystem'. */
  note: string;
}
export interface DirectoryQuestion {
  /** The directory in force; '' for none. */
  present: string;
  suggestions: readonly Suggestion[];
  /** Why an answer can't be accepted, as one line; undefined when it can. */
  check(path: string): Promise<string | undefined>;
}

const TYPE_A_PATH = 'type a path';
const QUESTION = 'Directory for static pods';

/** Asks for a directory: first a list, then free text. Returns an absolute path that `check` accepts. */
export async function askDirectory(out: Output, question: DirectoryQuestion): Promise<string> {
  const { present, suggestions, check } = question;
  const longest = Math.max(0, ...suggestions.map((each) => width(each.path)));
  const choices = suggestions.map(({ path, note }) => ({
    name: `${padEnd(path, longest)}   ${out.style.faint(note)}`,
    value: path,
    short: path,
  }));
  choices.push({ name: TYPE_A_PATH, value: TYPE_A_PATH, short: TYPE_A_PATH });
  const message = present === '' ? QUESTION : `${QUESTION} (now ${present})`;
  const select = { type: 'select', message, answered: `${QUESTION}:`, choices, loop: false } as const;
  const chosen = suggestions.length === 0 ? TYPE_A_PATH : await ask(out, select);
  if (chosen !== TYPE_A_PATH) {
    const problem = await check(chosen);
    if (problem === undefined) return chosen;
    out.note(`> ${wrap(problem, out.columns - 2).join('\n  ')}`);
  }
  return await ask(out, {
    type: 'input',
    message: `${QUESTION}:`,
    validate: async (path) => (path === '' ? 'a path, such as /etc/kubernetes/static' : ((await check(path)) ?? true)),
    refused: 'keep',
  });
}

/** Asks for a value; `present` stands behind the field, so that one sees what is changed. */
export async function askValue(out: Output, field: string, present: string): Promise<string> {
  return await ask(out, {
    type: 'input',
    message: `${field} (now ${present}):`,
    validate: async (text) => (text === '' ? `a value; what it takes: kcfg explain ${field}` : true),
    refused: 'keep',
  });
}

/** One of several, by its place. Ctrl-C leaves all as it is. */
export async function choose(out: Output, question: string, rows: readonly string[]): Promise<number> {
  const answer = await ask(out, { type: 'select', message: question, answered: question, choices: rows.map((name, index) => ({ name, value: String(index), short: name.replace(/ {2,}.*$/, '') })), loop: false });
  return Number(answer);
}

/** Asks `question` with (y/N/d); Enter alone is no. */
export async function confirm(out: Output, question: string): Promise<'yes' | 'no' | 'diff'> {
  const answer = await ask(out, {
    type: 'input',
    message: `${question} (y/N/d)`,
    validate: async (text) => (meaning(text) === undefined ? 'y: yes, n: no, d: every diff' : true),
    refused: 'clear',
  });
  return meaning(answer) ?? 'no';
}

/** After a text that is not taken: edit it again? Enter alone is yes, for nothing is lost by another look. */
export async function again(out: Output): Promise<boolean> {
  const answer = await ask(out, {
    type: 'input',
    message: 'Edit again? (Y/n)',
    validate: async (text) => (/^(y|yes|n|no|)$/i.test(text.trim()) ? true : 'y: open the editor again, n: leave all as it is'),
    refused: 'clear',
  });
  return !/^n/i.test(answer.trim());
}

function meaning(text: string): 'yes' | 'no' | 'diff' | undefined {
  const word = text.trim().toLowerCase();
  if (word === '') return 'no';
  return (['yes', 'no', 'diff'] as const).find((each) => each === word || each[0] === word);
}

type Question =
  | {
      type: 'select';
      message: string;
      /** The message once it is answered: what helped to choose is gone, so that the line stays one. */
      answered: string;
      choices: { name: string; value: string; short: string }[];
      loop: boolean;
    }
  | {
      type: 'input';
      message: string;
      validate: (text: string) => Promise<string | true>;
      /** An answer that is not taken is mended ('keep', a path) or typed anew ('clear', a letter). */
      refused: 'keep' | 'clear';
    };

async function ask(out: Output, question: Question): Promise<string> {
  const { default: inquirer } = await import('inquirer');
  const { style } = out;
  const answered = question.type === 'select' ? question.answered : question.message;
  const theme = {
    prefix: { idle: style.typed('?'), done: style.typed('?') },
    icon: { cursor: style.signs.chosen },
    validationFailureMode: question.type === 'input' ? question.refused : 'keep',
    style: {
      message: (text: string, status: string) => (status === 'done' ? answered : text),
      answer: style.typed,
      highlight: style.typed,
      error: (text: string) => `> ${wrap(text, out.columns - 2).join('\n  ')}`,
      keysHelpTip: () => undefined,
    },
  };
  const { input, output } = out.asking();
  // Inquirer answers Ctrl-C, but never settles when its reading ends (Ctrl-D, a closed terminal): its readline then
  // pauses the input. After an answer the abort comes too late to matter.
  const closed = new AbortController();
  const close = (): void => void setImmediate(() => closed.abort());
  input.on('pause', close).on('end', close);
  try {
    const prompt = inquirer.createPromptModule({ input, output, signal: closed.signal });
    const answers = await prompt<{ answer: string }>([{ ...question, theme, name: 'answer' }]);
    return answers.answer;
  } catch (error) {
    if (error instanceof Error && (error.name === 'ExitPromptError' || error.name === 'AbortPromptError')) {
      throw new KcfgError('interrupted', 'interrupted at the question', { outcome: NOTHING_CHANGED, cause: error });
    }
    throw error;
  } finally {
    input.off('pause', close).off('end', close);
  }
}
