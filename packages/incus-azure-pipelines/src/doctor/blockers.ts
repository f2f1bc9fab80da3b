/** Reads out of the host's firewall which chains keep packets away. Pure. */
import type { Blocker } from './facts.js';

/** What `nft --json list ruleset` prints, as far as it is looked at. */
interface Ruleset {
  readonly nftables?: readonly {
    readonly chain?: Chain;
    readonly rule?: {
      readonly family: string;
      readonly table: string;
      readonly chain: string;
      readonly expr?: readonly object[];
    };
  }[];
}

interface Chain {
  readonly family: string;
  readonly table: string;
  readonly name: string;
  readonly hook?: string;
  readonly policy?: string;
}

/** Families whose chains see IPv4. */
const FAMILIES: ReadonlySet<string> = new Set(['ip', 'inet']);

/** Chains for IPv4 that drop or refuse whatever no rule lets through, of what passes through the host or is for it. */
export function blockersOfNft(ruleset: unknown): readonly Blocker[] {
  const entries = (ruleset as Ruleset).nftables ?? [];
  const chains = entries.flatMap(({ chain }) => (chain !== undefined && FAMILIES.has(chain.family) ? [chain] : []));
  return chains.flatMap(chain => {
    const { family, hook, name, table } = chain;
    if (hook !== 'forward' && hook !== 'input') return [];
    const rules = entries.flatMap(({ rule }) =>
      rule?.family === family && rule.table === table && rule.chain === name ? [rule] : [],
    );
    const last = rules.at(-1)?.expr ?? [];
    // A chain that lets through by itself may end with a rule for all that refuses.
    const refuses = last.length > 0 && last.every(isVerdict) && last.some(isRefusal);
    if (chain.policy !== 'drop' && !refuses) return [];
    const siblings = chains.filter(other => other.family === family && other.table === table).map(other => other.name);
    return [{ hook, by: makerOf(table, siblings, hook), chain: `${table} ${name}` }];
  });
}

/** The same of `iptables-legacy -S`, whose tables nft does not show. */
export function blockersOfLegacy(text: string): readonly Blocker[] {
  const siblings = [...text.matchAll(/^-N (\S+)$/gm)].map(match => match[1] ?? '');
  return [...text.matchAll(/^-P (FORWARD|INPUT) DROP$/gm)].map(([, name = '']) => {
    const hook = name === 'FORWARD' ? 'forward' : 'input';
    return { hook, by: makerOf('filter', siblings, hook), chain: `filter ${name} (legacy)` } as const;
  });
}

function makerOf(table: string, chains: readonly string[], hook: Blocker['hook']): Blocker['by'] {
  if (table === 'firewalld') return 'firewalld';
  if (chains.some(name => name.startsWith('ufw-'))) return 'ufw';
  if (hook === 'forward' && chains.some(name => name.startsWith('DOCKER'))) return 'docker';
  return 'somebody';
}

function isVerdict(expression: object): boolean {
  return isRefusal(expression) || 'counter' in expression || 'log' in expression;
}

function isRefusal(expression: object): boolean {
  return 'drop' in expression || 'reject' in expression;
}
