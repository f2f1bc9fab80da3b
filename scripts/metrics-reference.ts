import type { makeMetrics } from '../packages/incus-azure-pipelines/src/report/metrics.js';

/** Our own metrics as a reference in Markdown; those of the process and of Node are named in one line. */
export async function metricsReference(registry: ReturnType<typeof makeMetrics>): Promise<string> {
  const own = (await registry.getMetricsAsJSON()).filter(({ name }) => name.startsWith('iap_'));
  const labels = (name: string) => {
    const metric = registry.getSingleMetric(name);
    const names = metric && 'labelNames' in metric && Array.isArray(metric.labelNames) ? metric.labelNames : [];
    return names.map(label => `\`${label}\``).join(', ');
  };
  const rows = own.map(({ help, name, type }) => `| \`${name}\` | ${String(type)} | ${labels(name)} | ${help} |`);
  return [
    '# Metrics',
    '',
    '<!-- Written from the program: change that, then run: npx vitest run --project floors --update -->',
    '',
    'Served for Prometheus on loopback, at the port of `http` in the configuration. Beside these there are the usual',
    '`process_` and `nodejs_` metrics. A scrape calls neither Incus nor Azure.',
    '',
    '| metric | type | labels | meaning |',
    '|---|---|---|---|',
    ...rows,
    '',
  ].join('\n');
}
