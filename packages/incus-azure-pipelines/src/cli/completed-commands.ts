import type { CommandShape, OptionShape } from './command-shape.js';

/** A word that may be typed, and what it is. */
export interface CompletedWord {
  readonly name: string;
  readonly description: string;
}

/** An option by its long name, such as `--config`, as a word. */
export interface CompletedOption extends OptionShape, CompletedWord {}

/** What may follow the words that lead to a command. */
export interface CompletedCommand {
  /** Names of the commands that lead here, each with a space before it. */
  readonly path: string;
  /** Commands below, and choices of arguments. */
  readonly words: readonly CompletedWord[];
  readonly options: readonly CompletedOption[];
}

/** A command and all below it, as every shell completes them. */
export function completedCommands({ commands, options, values }: CommandShape, path = ''): readonly CompletedCommand[] {
  const here = {
    path,
    words: [
      ...commands.map(({ description, name }) => ({ name, description })),
      ...values.flatMap(({ choices, description }) => choices.map(name => ({ name, description }))),
    ],
    options: options.flatMap(option =>
      option.names.filter(name => name.startsWith('--')).map(name => ({ ...option, name })),
    ),
  };
  return [here, ...commands.flatMap(command => completedCommands(command, `${path} ${command.name}`))];
}

/** What may follow an option: `nothing` that is not another word, a `file`, or `text`, one of its choices where it has some. */
export function valueKind({ value }: OptionShape): 'nothing' | 'file' | 'text' {
  if (value === undefined) return 'nothing';
  return value === 'file' || value === 'path' ? 'file' : 'text';
}
