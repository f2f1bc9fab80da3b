import { execFileSync, spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { parse } from 'yaml';
import { Events } from '../packages/incus-azure-pipelines/src/lib/events.js';
import { makeMetrics } from '../packages/incus-azure-pipelines/src/report/metrics.js';
import { told } from '../testbed/told-commands.js';
import { strangeValuesIn } from './label-values.js';
import { namedIn } from './promql.js';

const ROOT = join(import.meta.dirname, '..');
const RULES = 'deploy/prometheus/alerts.yaml';
const BOARD = 'deploy/grafana/incus-azure-pipelines.json';
/** They wait for another program, on a machine that may have much to do. */
const PATIENCE_MS = 60_000;
const checker = 'promtool';
const hasPromtool = spawnSync(checker, ['--version']).status === 0;

interface Rule {
  readonly alert: string;
  readonly expr: string;
  readonly labels: { readonly severity: string };
  readonly annotations: { readonly summary: string; readonly description: string };
}

interface Panel {
  readonly id: number;
  readonly type: string;
  readonly title: string;
  readonly datasource?: { readonly uid: string };
  readonly gridPos: { readonly x: number; readonly y: number; readonly w: number; readonly h: number };
  readonly fieldConfig?: { readonly defaults: { readonly unit?: string } };
  readonly targets?: readonly { readonly expr: string; readonly legendFormat: string }[];
}

const rules = (parse(textOf(RULES)) as { groups: { rules: Rule[] }[] }).groups.flatMap(group => group.rules);
const board = JSON.parse(textOf(BOARD)) as { readonly panels: Panel[]; readonly templating: { list: object[] } };
const charts = board.panels.filter(({ type }) => type !== 'row');
const registry = makeMetrics(
  new Events(() => {}),
  () => undefined,
  async () => 0,
);

function textOf(path: string): string {
  return readFileSync(join(ROOT, path), 'utf8');
}

/** Labels of every series that a scrape gives, by its name. */
async function series(): Promise<ReadonlyMap<string, ReadonlySet<string>>> {
  const known = new Map([['up', new Set<string>()]]);
  for (const { name, type } of await registry.getMetricsAsJSON()) {
    const metric = registry.getSingleMetric(name);
    const labels = metric && 'labelNames' in metric && Array.isArray(metric.labelNames) ? metric.labelNames : [];
    // Prom-client's types and its words differ: it says "histogram".
    const kind = String(type);
    known.set(name, new Set([...labels, ...(kind === 'summary' ? ['quantile'] : [])]));
    if (kind !== 'histogram' && kind !== 'summary') continue;
    for (const suffix of ['_sum', '_count']) known.set(name + suffix, new Set(labels));
    if (kind !== 'histogram') continue;
    known.delete(name);
    known.set(`${name}_bucket`, new Set([...labels, 'le']));
  }
  return known;
}

/** What an expression names that no scrape has: a metric, or a label of one. */
async function unknownIn(expr: string, legend = ''): Promise<readonly string[]> {
  const known = await series();
  const { grouping, metrics } = namedIn(expr);
  const scraped = ['job', 'instance'];
  const everyLabel = new Set([...scraped, ...metrics.flatMap(({ name }) => [...(known.get(name) ?? [])])]);
  const shown = [...legend.matchAll(/\{\{ ?(\$labels\.)?(\w+) ?\}\}/g)].map(match => match[2] ?? '');
  return [
    ...(metrics.length === 0 ? ['no metric at all'] : []),
    ...metrics.flatMap(({ labels, name }) => {
      const own = known.get(name);
      if (own === undefined) return [name];
      return labels.filter(label => !own.has(label) && !scraped.includes(label)).map(label => `${name}{${label}}`);
    }),
    ...[...grouping, ...shown].filter(label => !everyLabel.has(label)),
  ];
}

test.each([
  ['iap_agents', ['pool'], 'iap_agents{pool="a"}', []],
  ['iap_nothing', [], 'sum(rate(iap_nothing[5m])) > 0', ['iap_nothing']],
  ['iap_agents', [], 'sum by (agent) (iap_agents)', ['agent']],
  ['iap_agents', ['agent'], 'iap_agents{agent="x", pool=~"iap_y|z"}', ['iap_agents{agent}']],
  ['iap_replacement_seconds', [], 'iap_replacement_seconds', ['iap_replacement_seconds']],
])('what no scrape has is found: %s %j in %s', async (_, __, expr, unknown) => {
  expect(await unknownIn(expr)).toEqual(unknown);
});

test.each([
  ['iap_agents{pool="a", phase=~"idle|bussy"}', ['iap_agents{phase="bussy"}']],
  ['sum(iap_deaths_total{reason!="done"}[1h]) > iap_agents{phase="idle"}', ['iap_deaths_total{reason="done"}']],
  ['iap_readable{of="deaths"}', ['iap_readable{of="deaths"}']],
  ['iap_consecutive_failures{action=~"try-base|create-agent"}', ['iap_consecutive_failures{action="create-agent"}']],
  ['iap_job_wait_seconds{quantile="0.9"}', ['iap_job_wait_seconds{quantile="0.9"}']],
  ['iap_agent_keys{state="ready"}', ['iap_agent_keys{state="ready"}']],
])('what no series says is found: %s', (expr, strange) => {
  expect(strangeValuesIn(expr)).toEqual(strange);
});

/** What `docs/how-to/watch.md` shows of Prometheus's own configuration. */
const shown = [...textOf('docs/how-to/watch.md').matchAll(/^```yml\n([\s\S]*?)^```$/gm)].map(match => match[1] ?? '');

describe('the board', () => {
  test.each(charts)('shows in "$title" what the daemon serves', async ({ targets = [] }) => {
    expect(targets).not.toEqual([]);
    for (const { expr, legendFormat } of targets) expect(await unknownIn(expr, legendFormat)).toEqual([]);
    expect(targets.flatMap(({ expr }) => strangeValuesIn(expr))).toEqual([]);
  });

  test.skipIf(!hasPromtool)(
    'asks what Prometheus understands, where promtool is installed',
    { timeout: PATIENCE_MS },
    () => {
      const filled = charts.flatMap(({ targets = [] }) =>
        targets.map(({ expr }) => expr.replaceAll('$__rate_interval', '5m').replaceAll(/\$\w+/g, '.*')),
      );
      const rules = filled.map((expr, n) => ({ record: `board:${n}`, expr }));
      const input = JSON.stringify({ groups: [{ name: 'board', rules }] });
      const command = `cat | ${checker} check rules --lint=none /dev/stdin`;
      const checked = spawnSync('sh', ['-c', command], { input, encoding: 'utf8' });
      expect(checked.stdout + checked.stderr).toContain(`SUCCESS: ${filled.length} rules found`);
    },
  );

  test('has a unit on every chart, and leaves the data source to who imports it', () => {
    expect(charts.filter(panel => panel.fieldConfig?.defaults.unit === undefined)).toEqual([]);
    for (const panel of charts) expect(panel.datasource?.uid).toMatch(/^\$\{datasource\}$/);
    expect(board.templating.list).toMatchObject([{ name: 'datasource' }, { name: 'instance' }, { name: 'pool' }]);
  });

  test('asks over an hour for what may happen once an hour, else it shows gaps, or what was long ago', () => {
    const exprs = charts.flatMap(({ targets = [] }) => targets.map(({ expr }) => expr));
    const rare = /iap_(?:replacement|phase|action|job|death|memory_kill)|status!~/;
    expect(exprs.filter(expr => rare.test(expr) && expr.includes('$__rate_interval'))).toEqual([]);
    const quantiles = exprs.filter(expr => expr.includes('quantile='));
    expect(quantiles).not.toEqual([]);
    expect(
      quantiles.filter(expr => !/ and .*increase\(iap_job_wait_seconds_count\b.*\[1h\]\) > 0$/.test(expr)),
    ).toEqual([]);
  });

  test('has charts that do not lie over each other, each with an id of its own', () => {
    expect(new Set(board.panels.map(({ id }) => id)).size).toBe(board.panels.length);
    const cells = board.panels.flatMap(({ gridPos: { h, w, x, y } }) =>
      Array.from({ length: w * h }, (_, n) => `${x + (n % w)}/${y + Math.floor(n / w)}`),
    );
    expect(new Set(cells).size).toBe(cells.length);
  });

  test('shows every metric of ours that tells of agents, calls and failures', async () => {
    const exprs = charts.flatMap(({ targets = [] }) => targets.map(({ expr }) => expr)).join('\n');
    const own = (await registry.getMetricsAsJSON()).map(({ name }) => name).filter(name => name.startsWith('iap_'));
    const left = own.filter(name => !new RegExp(`\\b${name}(?:_bucket|_sum|_count)?\\b`).test(exprs));
    expect(left).toEqual([
      'iap_drained',
      'iap_registration_mode',
      'iap_base_checked_timestamp_seconds',
      'iap_base_proven',
      'iap_next_pass_timestamp_seconds',
      // The chart of calls by status has it.
      'iap_azure_throttled_total',
    ]);
  });
});

describe('the alerts', () => {
  test.each(rules)('$alert asks for what the daemon serves', async ({ annotations, expr }) => {
    expect(await unknownIn(expr, annotations.summary + annotations.description)).toEqual([]);
    expect(strangeValuesIn(expr)).toEqual([]);
  });

  test.each(rules)('$alert says in one line what is, and names what to call', ({ annotations, labels }) => {
    expect(labels.severity).toMatch(/^(?:critical|warning|info)$/);
    expect(annotations.summary).not.toContain('\n');
    expect(annotations.description).toMatch(/`incus-azure-pipelines [a-z]+/);
  });

  const tests = readdirSync(join(ROOT, 'deploy/prometheus')).filter(name => name.endsWith('.test.yaml'));

  test('each is tested, in files that the documents name', () => {
    const told = textOf('docs/how-to/watch.md');
    expect(tests.filter(name => !told.includes(`deploy/prometheus/${name}`))).toEqual([]);
    const tested = tests.map(name => textOf(join('deploy/prometheus', name))).join('\n');
    expect(rules.map(({ alert }) => alert).filter(alert => !new RegExp(`\\b${alert}\\b`).test(tested))).toEqual([]);
  });

  test.skipIf(!hasPromtool)(
    'are installed and tried as the documents tell, where promtool is installed',
    { timeout: PATIENCE_MS },
    async () => {
      const folder = await mkdtemp(join(tmpdir(), 'iap-prometheus-'));
      onTestFinished(() => rm(folder, { recursive: true }));
      const places = { '/etc/prometheus': folder };
      const config = shown[0]?.replaceAll('/etc/prometheus', folder) ?? '';
      await writeFile(join(folder, 'prometheus.yml'), config);
      const run = (script: string) => execFileSync('bash', ['-c', script], { cwd: ROOT, encoding: 'utf8' });
      expect(run(told('docs/how-to/watch.md#load-the-alerts').script(places))).toContain(`${rules.length} rules found`);
      expect(run(told('docs/how-to/watch.md#load-the-alerts', 1).script())).toContain('SUCCESS');
    },
  );

  test.skipIf(!hasPromtool)(
    'are rules that Prometheus loads, where promtool is installed',
    { timeout: PATIENCE_MS },
    () => {
      const said = execFileSync(checker, ['check', 'rules', '--lint-fatal', RULES], { cwd: ROOT, encoding: 'utf8' });
      expect(said).toContain(`${rules.length} rules found`);
    },
  );
});

test('the scrape that is shown has the name that the alerts go by', () => {
  const jobs = shown.flatMap(text => (parse(text) as { scrape_configs: { job_name: string }[] }).scrape_configs);
  const named = new Set(rules.flatMap(({ expr }) => [...expr.matchAll(/\bjob="([^"]+)"/g)].map(match => match[1])));
  expect(new Set(jobs.map(({ job_name }) => job_name))).toEqual(named);
});

test.skipIf(!hasPromtool).each(shown)(
  'the scrape that is shown is accepted, where promtool is installed',
  { timeout: PATIENCE_MS },
  text => {
    // Of its own standard input Node makes a socket, which nobody can open by a path.
    const command = `cat | ${checker} check config --syntax-only /dev/stdin`;
    const checked = spawnSync('sh', ['-c', command], { input: text, encoding: 'utf8' });
    expect(checked.stdout + checked.stderr).toContain('SUCCESS');
  },
);

test.skipIf(!hasPromtool)(
  'metrics are named as Prometheus wants it, where promtool is installed',
  { timeout: PATIENCE_MS },
  async () => {
    const own = (await registry.metrics()).split('\n').filter(line => /^(?:# \w+ )?iap_/.test(line));
    const { stderr, stdout } = spawnSync(checker, ['check', 'metrics'], {
      input: `${own.join('\n')}\n`,
      encoding: 'utf8',
    });
    expect(stdout + stderr).toBe('');
  },
);
