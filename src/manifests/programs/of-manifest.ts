/** The programs that a manifest runs, by its images' tags: needs no node. */
import { flagsOf } from '../rules/arguments.ts';
import { type Case, containersOf, type Facts, type KnownFlags, programOf } from '../rules/case.ts';
import { loadProgram } from './load.ts';
import { isProgram, type Program, programOfImage } from './program.ts';

/** Facts of the programs' versions, for a manifest whose programs cannot be asked. */
export async function programFacts(subject: Case): Promise<Pick<Facts, 'flags' | 'programs'>> {
  const flags = new Map<string, KnownFlags | string>();
  const programs = new Map<string, Program>();
  for (const container of containersOf(subject)) {
    const { name, image } = container;
    const command = programOf(container);
    const of = programOfImage(image);
    // a command that is misspelt is the image's program all the same
    const which = !isProgram(command) && of !== undefined && isProgram(of.name) ? of.name : command;
    const gates = flagsOf(container).filter((flag) => flag.name === 'feature-gates').flatMap(({ value = '' }) => value.split(',').map((pair) => pair.replace(/=.*$/, '').replace(/^.*:/, '').trim()));
    const program = of?.version === undefined ? undefined : await loadProgram(which, of.version, gates);
    if (program !== undefined) {
      programs.set(name, program);
      flags.set(name, program.flags);
    } else if (!isProgram(which)) flags.set(name, which === '' ? 'the image says which program it runs' : `${which} is none of those that kcfg knows`);
    else flags.set(name, `the tag of ${image === '' ? 'its image' : image} is no version`);
  }
  return { flags, programs };
}
