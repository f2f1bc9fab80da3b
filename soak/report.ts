import { markdownTable } from '../bench/report/table.js';
import { renderChart } from './chart.js';
import { JOB_SECONDS, PLACES, RESERVE, type Soak } from './run-soak.js';
import { courseOf, mediansOf, type Point } from './series.js';

/** Replacements are many: a line through their medians shows where they go. */
const parts = 60;

/** The figures of a soak as Markdown; `chart` is the file name of its diagrams. */
export function soakMarkdown(soak: Soak, day: string, conditions: string, chart: string): string {
  const minutes = soak.durationMs / 60_000;
  return [
    `# Soak, ${day}`,
    '',
    conditions,
    `${PLACES} places and a reserve of ${RESERVE}, jobs of ${JOB_SECONDS} s without a pause, the stand-in agent (Node), for ${minutes} minutes.`,
    '',
    `${soak.jobs} jobs, ${soak.failedJobs} of them failed.`,
    '',
    markdownTable({
      title: 'Figures',
      head: ['of the daemon', 'median of the first quarter', 'median of the last quarter', 'most', 'n'],
      rows: [
        row('resident memory, MiB', soak.residentMib, soak.durationMs),
        row('descriptors', soak.descriptors, soak.durationMs),
        row('job done → next agent online, s', soak.replacementSeconds, soak.durationMs),
      ],
    }),
    `![resident memory, descriptors and replacement time](${chart})`,
    '',
  ].join('\n');
}

/** The diagrams of a soak as SVG. */
export function soakChart({ descriptors, durationMs, replacementSeconds, residentMib }: Soak): string {
  return renderChart(
    [
      { title: 'resident memory of the daemon, MiB', line: residentMib, dots: [] },
      { title: 'open descriptors of the daemon', line: descriptors, dots: [] },
      {
        title: 'job done → next agent online, s: each one, and medians',
        line: mediansOf(replacementSeconds, durationMs, parts),
        dots: replacementSeconds,
      },
    ],
    durationMs,
  );
}

function row(what: string, points: readonly Point[], durationMs: number): string[] {
  const course = courseOf(points, durationMs);
  if (course === undefined) return [what, 'nothing seen'];
  const shown = [course.firstQuarter, course.lastQuarter, course.max].map(value => String(Number(value.toFixed(2))));
  return [what, ...shown, String(course.count)];
}
