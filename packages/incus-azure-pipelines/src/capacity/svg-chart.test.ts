import { expect, test } from 'vitest';
import { aForecast } from '../../test/a-forecast.js';
import { svgChart } from './svg-chart.js';

test('it has a line for each figure with a point for each size, from the top for the most to the bottom for nothing', () => {
  const svg = svgChart([aForecast({ agents: 8, p95Ms: 99_500 }), aForecast({ agents: 16, p95Ms: 0 })]);
  const lines = [...svg.matchAll(/<polyline points="([^"]+)"/g)].map(match => match[1]);
  expect(lines).toHaveLength(5);
  // p99 is a hundred seconds, which is the most.
  expect(lines[0]).toMatch(/^60,40 880,/);
  expect(lines[1]).toMatch(/ 880,210$/);
  expect(svg.match(/<circle/g)).toHaveLength(10);
  expect(svg).toContain('>16</text>');
});

test('one size alone is drawn too', () => {
  expect(svgChart([aForecast({ agents: 8, p95Ms: 1_000 })])).not.toContain('NaN');
});
