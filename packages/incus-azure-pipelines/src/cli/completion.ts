import { bashCompletion } from './bash-completion.js';
import type { CommandShape } from './command-shape.js';
import { fishCompletion } from './fish-completion.js';
import { zshCompletion } from './zsh-completion.js';

const SCRIPTS = { bash: bashCompletion, zsh: zshCompletion, fish: fishCompletion };

/** The script with which a shell completes the program, of a shell that the program's definition offers. */
export function completionFor(shell: string, program: CommandShape): string {
  const [, script = bashCompletion] = Object.entries(SCRIPTS).find(([name]) => name === shell) ?? [];
  return script(program);
}
