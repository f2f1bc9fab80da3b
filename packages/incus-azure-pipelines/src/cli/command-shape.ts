import type { Command } from 'commander';

/** What a verb takes, as the program's own definition says it: help, manual and completion cannot disagree. */
export interface CommandShape {
  readonly name: string;
  /** How it is called, its own name first: `drain [options] [pool]`. */
  readonly usage: string;
  readonly description: string;
  readonly values: readonly ValueShape[];
  readonly options: readonly OptionShape[];
  readonly commands: readonly CommandShape[];
}

/** An argument. */
interface ValueShape {
  readonly name: string;
  readonly description: string;
  readonly choices: readonly string[];
}

export interface OptionShape {
  /** As they are written: `-c, --config <file>`. */
  readonly flags: string;
  /** Each way to write it: `-c`, `--config`. */
  readonly names: readonly string[];
  /** What its value is called; undefined where it takes none. */
  readonly value: string | undefined;
  readonly description: string;
  readonly choices: readonly string[];
}

/** The shape of a command and of all below it, without what help does not show. */
export function shapeOf(command: Command): CommandShape {
  const help = command.createHelp();
  return {
    name: command.name(),
    usage: `${command.name()} ${command.usage()}`,
    description: command.description(),
    values: help.visibleArguments(command).map(argument => ({
      name: argument.name(),
      description: help.argumentDescription(argument),
      choices: argument.argChoices ?? [],
    })),
    options: help.visibleOptions(command).map(option => ({
      flags: option.flags,
      names: [option.short, option.long].filter(name => name != null),
      value: /[<[](.+)[>\]]/.exec(option.flags)?.[1],
      description: help.optionDescription(option),
      choices: option.argChoices ?? [],
    })),
    commands: help
      .visibleCommands(command)
      .filter(below => below.name() !== 'help')
      .map(shapeOf),
  };
}
