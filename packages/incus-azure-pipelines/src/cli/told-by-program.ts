/** What the program says of itself, for the tests of what is made from it. */
import { callProgram } from './program.js';

/** What it prints when it is called so. @throws Error when it fails. */
export async function told(...args: readonly string[]): Promise<string> {
  let text = '';
  const write = (part: string) => {
    text += part;
  };
  const code = await callProgram(args, { write, complain: write });
  if (code !== 0) throw new Error(`${args.join(' ')} ended with ${code}: ${text}`);
  return text;
}

/** The commands and the options that the help of a command lists. */
export async function helpOf(...path: readonly string[]) {
  const help = await told(...path, '--help');
  const [, commands = ''] = help.split('\nCommands:\n');
  const options = [...help.matchAll(/^ {2}(?:-\w, )?(--[\w-]+)/gm)].map(match => match[1] ?? '');
  return {
    commands: [...commands.matchAll(/^ {2}([a-z]+)/gm)].map(match => match[1] ?? '').filter(name => name !== 'help'),
    options,
  };
}

/** Every command that does something, by its words. */
export async function leaves(...path: readonly string[]): Promise<readonly (readonly string[])[]> {
  const { commands } = await helpOf(...path);
  if (commands.length === 0) return [path];
  return (await Promise.all(commands.map(name => leaves(...path, name)))).flat();
}
