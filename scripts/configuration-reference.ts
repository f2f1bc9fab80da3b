/** Writes the reference of the configuration file from its JSON Schema, so that each key is described in one place. */

import { DURATION_PATTERN } from '../packages/incus-azure-pipelines/src/lib/units.js';

/** What is read of a JSON Schema; the rest of it is for editors. */
interface Schema {
  readonly type?: string;
  readonly const?: unknown;
  readonly enum?: readonly unknown[];
  readonly anyOf?: readonly Schema[];
  readonly items?: Schema;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly additionalProperties?: boolean | Schema;
  readonly pattern?: string;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly default?: unknown;
  readonly examples?: readonly unknown[];
  readonly description?: string;
}

/** The reference as Markdown, from what `incus-azure-pipelines schema` prints. */
export function configurationReference(schema: Schema): string {
  const all = Object.entries(schema.properties ?? {});
  const ofPools = schema.properties?.pools?.items?.properties ?? {};
  const pool = all.filter(([key]) => Object.hasOwn(ofPools, key));
  const daemon = all.filter(([key]) => !Object.hasOwn(ofPools, key));
  return `# Configuration

<!-- Written from the schema: change that, then run: npx vitest run --project floors --update -->

One YAML file. Every key, with what it takes, what holds when it is left out, and what it means. \`incus-azure-pipelines
check\` tells everything that is wrong with a file at once; \`incus-azure-pipelines schema\` prints the JSON Schema that this
page is written from, for editors.

Relative paths start at the file's own folder. A size is a number of GiB. A duration has its unit: \`90s\`, \`5m\`, \`1h30m\`.

## Keys of a pool

A file with one pool has them at the top. A file with several has \`pools:\`, a list of them; what stands beside \`pools:\` is the
default of each. There \`azure\`, \`env\`, \`capabilities\` and \`remotes\` are merged key by key, everything else is replaced whole.

${table(pool)}

Needed are \`agentCount\`, \`baseImage\`, \`azure.url\`, \`azure.pool\` and \`azure.pat\`; with \`pools:\` also the \`name\` of each.

## Keys of the daemon

They hold for the whole file and stand at the top.

${table(daemon)}
`;
}

function table(keys: readonly (readonly [string, Schema])[]): string {
  const rows = keys.flatMap(([key, schema]) => [...rowsOf(key, schema)]);
  return ['| key | takes | default | meaning |', '|---|---|---|---|', ...rows].join('\n');
}

/** A row for the key, and one for each key of the map, or of the maps in a list, that it may hold. */
function* rowsOf(key: string, schema: Schema): Generator<string> {
  const fallback = schema.default === undefined ? '' : code(schema.default);
  yield `| \`${key}\` | ${kindOf(schema)} | ${fallback} | ${cell(schema.description ?? '')} |`;
  const map = [schema, ...(schema.anyOf ?? [])].find(branch => branch.properties !== undefined);
  for (const [inner, innerSchema] of Object.entries(map?.properties ?? {}))
    yield* rowsOf(`${key}.${inner}`, innerSchema);
  const list = schema.anyOf?.find(branch => branch.items?.properties !== undefined);
  for (const [inner, innerSchema] of Object.entries(list?.items?.properties ?? {}))
    yield* rowsOf(`${key}[].${inner}`, innerSchema);
}

function kindOf(schema: Schema): string {
  const { type, minimum, maximum } = schema;
  if (schema.anyOf !== undefined) return schema.anyOf.map(kindOf).join(', or ');
  if (schema.const !== undefined) return code(schema.const);
  if (schema.enum !== undefined) return schema.enum.map(code).join(' or ');
  if (type === 'integer') return `${minimum} to ${maximum}`;
  if (type === 'number') return `a number from ${minimum} up`;
  if (type === 'boolean') return '`true` or `false`';
  if (type === 'array') return schema.items?.properties === undefined ? 'a list' : 'a list of maps';
  if (type === 'object') return 'a map';
  if (schema.pattern === DURATION_PATTERN.source) return 'a duration';
  const [example] = schema.examples ?? [];
  return example === undefined ? 'text' : `text, such as ${code(example)}`;
}

function code(value: unknown): string {
  return `\`${typeof value === 'string' ? value : JSON.stringify(value)}\``;
}

function cell(text: string): string {
  return text.replaceAll('|', '\\|');
}
