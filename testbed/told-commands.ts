/** Shell commands that the documents tell a reader. Tests run these very texts: a document that changes, changes what is run. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { UNTRIED } from './untried-commands.js';
import { workTree } from './work-tree.js';

/** What stands between two fences. */
export interface Block {
  /** The document and the heading above: `docs/how-to/operate.md#look`. */
  readonly place: string;
  readonly language: string;
  readonly text: string;
}

/** Words in a command that stand for something of the reader's own, and what is put there. */
export type Values = Readonly<Record<string, string>>;

/** The anchor of a heading, as the usual viewers make it. */
export function anchorOf(title: string): string {
  return title
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N} _-]/gu, '')
    .replaceAll(' ', '-');
}

/** The blocks of a document, in their order. @throws Error when one has no end. */
export function blocksOf(document: string, markdown: string): readonly Block[] {
  const blocks: Block[] = [];
  let anchor = '';
  let open: { readonly language: string; readonly lines: string[] } | undefined;
  for (const line of markdown.split('\n')) {
    const fence = /^```(.*)$/.exec(line)?.[1];
    const title = /^#+ (.+)$/.exec(line)?.[1];
    if (open === undefined) {
      if (fence !== undefined) open = { language: fence, lines: [] };
      else if (title !== undefined) anchor = anchorOf(title);
    } else if (fence === undefined) open.lines.push(line);
    else {
      blocks.push({ place: `${document}#${anchor}`, language: open.language, text: open.lines.join('\n') });
      open = undefined;
    }
  }
  if (open !== undefined) throw new Error(`${document}: the last block has no end`);
  return blocks;
}

/**
 * The commands in a block: of `sh` each line, and each part of one that goes on with `&&`; what stands behind two spaces and
 * a hash is for the reader. A `bash` block is a script as a whole; others hold none.
 *
 * @throws Error where a command takes more than a line.
 */
export function commandsIn({ language, place, text }: Block): readonly string[] {
  if (language === 'bash') return [`${text}\n`];
  if (language !== 'sh') return [];
  if (/\\$/m.test(text)) throw new Error(`${place}: a command takes more than a line`);
  const lines = text.split('\n').map(line => line.replace(/ {2,}#.*$/, '').trim());
  return lines.filter(line => line !== '').flatMap(line => line.split(' && '));
}

/** Programs that a reader calls on a host. */
const PROGRAMS =
  'apt-get cp curl dpkg editor gpg incus incus-azure-pipelines install journalctl nft node npm npx promtool sysctl systemctl ' +
  'systemd-analyze systemd-creds usermod';
const CALL = new RegExp(`^(?:[A-Z_]+=\\S+ )*(?:${PROGRAMS.replaceAll(' ', '|')}) \\S`);

/** The commands between backquotes in the sentences and tables of a document: what begins with the name of a program. */
export function commandsInText(markdown: string): readonly string[] {
  const text = markdown.replaceAll(/^```[\s\S]*?^```$/gm, '');
  const codes = [...text.matchAll(/`([^`]+)`/g)].map(([, code = '']) => code.replaceAll(/\s+/g, ' '));
  return codes.flatMap(code => code.split(' && ')).filter(code => CALL.test(code));
}

/** Whether no test runs a command, for a reason that stands with it. */
export function isUntried(command: string): boolean {
  return UNTRIED.some(({ commands }) => commands.includes(command));
}

/**
 * The commands of the n-th block with commands below a heading that tests can run. Called with plain texts: a test of the
 * documents looks for the call to see that somebody runs a block.
 *
 * @throws Error when there is no such block.
 */
export function told(place: string, nth = 0): ToldCommands {
  const [document = ''] = place.split('#');
  const blocks = blocksOf(document, readFileSync(join(workTree(), document), 'utf8'));
  const block = blocks.filter(one => one.place === place && commandsIn(one).length > 0)[nth];
  if (block === undefined) throw new Error(`${place} has no ${nth + 1}. block of commands`);
  const commands = commandsIn(block).filter(command => !isUntried(command));
  return new ToldCommands(place, commands);
}

/** The commands of one block. */
export class ToldCommands {
  readonly #place: string;
  readonly #commands: readonly string[];

  constructor(place: string, commands: readonly string[]) {
    this.#place = place;
    this.#commands = commands;
  }

  /** All of them, in a script that ends at the first one that fails. @throws Error when a value has no place in them. */
  script(values: Values = {}): string {
    return ['set -e', ...this.#filled(values)].join('\n');
  }

  /**
   * Each of them, for who treats them one by one: as many as the caller knows of, so that none is left out.
   *
   * @throws Error when there are more or fewer, or when a value has no place in them.
   */
  lines<const N extends number>(count: N, values: Values = {}): Tuple<N> {
    if (this.#commands.length !== count)
      throw new Error(`${this.#place} has ${this.#commands.length} commands, and ${count} are run`);
    return this.#filled(values) as Tuple<N>;
  }

  #filled(values: Values): readonly string[] {
    const all = this.#commands.join('\n');
    const lost = Object.keys(values).filter(word => !all.includes(word));
    if (lost.length > 0) throw new Error(`${this.#place} does not speak of ${lost.join(', ')}`);
    return this.#commands.map(command =>
      Object.entries(values).reduce((text, [word, value]) => text.replaceAll(word, value), command),
    );
  }
}

type Tuple<N extends number, T extends readonly string[] = readonly []> = T['length'] extends N
  ? T
  : Tuple<N, readonly [...T, string]>;

/** What a script of npm does beside the build, which has been done for these tests: `npm run deb`, also with options. */
export function withoutBuild(command: string): string {
  const { scripts } = JSON.parse(readFileSync(join(workTree(), 'package.json'), 'utf8'));
  const [, name = '', options = ''] = /^npm run (\S+)(?: --( .+))?$/.exec(command) ?? [];
  const [build, rest, ...more] = String(scripts[name]).split(' && ');
  if (build !== 'npm run --silent build' || rest === undefined || more.length > 0)
    throw new Error(`${command} is not a build and one thing more`);
  return rest + options;
}
