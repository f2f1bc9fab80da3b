/**
 * What a job demands, held against what an agent offers.
 *
 * A demand without an operator asks for a capability of that name, whatever its value; `-equals` compares whole values
 * and ignores case; `-gtVersion`, in spite of its name, is met by the same version too. Operators are case-sensitive,
 * names of capabilities are not. Source: `Demand*.cs` of the distributed-task SDK.
 */

/** Capabilities by name, as an agent sent them. */
export type Capabilities = Readonly<Record<string, string>>;

/** A demand, read. */
export type Demand =
  | { readonly kind: 'exists'; readonly name: string }
  | { readonly kind: 'equals' | 'gtVersion'; readonly name: string; readonly value: string };

/** Reads a demand as it stands in a job; `undefined` when the text is no demand. */
export function parseDemand(text: string): Demand | undefined {
  const match = /^(\S+)(?:\s+-(\S+)\s+(.*))?$/.exec(text);
  const name = match?.[1];
  if (match === null || name === undefined) return undefined;
  const [, , operator, value] = match;
  if (operator === undefined) return { kind: 'exists', name };
  if (value === undefined || value === '') return undefined;
  if (operator === 'equals' || operator === 'gtVersion') return { kind: operator, name, value };
  return undefined;
}

/** Says whether the capabilities meet the demand. Text that is no demand is never met. */
export function meetsDemand(capabilities: Capabilities, text: string): boolean {
  const demand = parseDemand(text);
  if (demand === undefined) return false;
  const wanted = demand.name.toLowerCase();
  const offered = Object.entries(capabilities).find(([name]) => name.toLowerCase() === wanted)?.[1];
  if (offered === undefined) return false;
  switch (demand.kind) {
    case 'exists':
      return true;
    case 'equals':
      return offered.toLowerCase() === demand.value.toLowerCase();
    case 'gtVersion':
      return compareVersions(offered, demand.value) >= 0;
  }
}

/** Returns the demands that the capabilities do not meet. */
export function unmetDemands(capabilities: Capabilities, demands: readonly string[]): readonly string[] {
  return demands.filter(demand => !meetsDemand(capabilities, demand));
}

/** Returns the union of an agent's capabilities, by lower-case name; the user's win over the system's. */
export function mergeCapabilities(system: Capabilities, user: Capabilities): Capabilities {
  const lowered = (from: Capabilities) => Object.entries(from).map(([name, value]) => [name.toLowerCase(), value]);
  return Object.fromEntries([...lowered(system), ...lowered(user)]);
}

/** Compares as the SDK does: a missing part counts as -1, and what is no version is below all that are. */
function compareVersions(left: string, right: string): number {
  const [a, b] = [versionParts(left), versionParts(right)];
  if (a === undefined || b === undefined) return Number(a !== undefined) - Number(b !== undefined);
  for (let index = 0; index < 4; index += 1) {
    const difference = (a[index] ?? -1) - (b[index] ?? -1);
    if (difference !== 0) return difference;
  }
  return 0;
}

function versionParts(text: string): readonly number[] | undefined {
  const dash = text.indexOf('-');
  const release = dash > 0 ? text.slice(0, dash) : text;
  return /^\d+(\.\d+){1,3}$/.test(release) ? release.split('.').map(Number) : undefined;
}
