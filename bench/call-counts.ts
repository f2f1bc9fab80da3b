/** Calls by route, as the daemon's metrics count them. */
export type CallCounts = ReadonlyMap<string, number>;

// A label may hold braces of its own, as templates of routes do.
const line = /^iap_call_duration_seconds_count\{(.*)\} (\d+)$/gm;

/** Reads from the text of the daemon's metrics how often each route of one system was called, whatever the answers. */
export function callCounts(metrics: string, to: 'incus' | 'azure'): CallCounts {
  const counts = new Map<string, number>();
  for (const [, labels = '', count] of metrics.matchAll(line)) {
    const route = /(?:^|,)route="((?:[^"\\]|\\.)*)"/.exec(labels)?.[1];
    if (route === undefined || !labels.includes(`to="${to}"`)) continue;
    counts.set(route, (counts.get(route) ?? 0) + Number(count));
  }
  return counts;
}

/** What was called between two looks. */
export function callsBetween(before: CallCounts, after: CallCounts): CallCounts {
  const entries = [...after].map(([route, count]) => [route, count - (before.get(route) ?? 0)] as const);
  return new Map(entries.filter(([, count]) => count > 0));
}

/** How many calls these are, whatever their routes. */
export function totalOf(calls: CallCounts): number {
  return [...calls.values()].reduce((sum, count) => sum + count, 0);
}
