import { expect, test } from 'vitest';
import { renderChart, roundUp } from './chart.js';

test.each([
  [0, 1],
  [0.3, 0.5],
  [1, 1],
  [7, 10],
  [21, 25],
  [101, 200],
])('%d is rounded up to %d', (value, round) => {
  expect(roundUp(value)).toBeCloseTo(round);
});

test('draws each value at its time and height, from zero up', () => {
  const line = [
    { atMs: 0, value: 0 },
    { atMs: 60_000, value: 100 },
  ];
  const chart = renderChart([{ title: 'memory', line, dots: [] }], 60_000);
  expect(chart).toContain('points="60,174 880,34"');
  expect(chart).toContain('>1 min</text>');
});

test('says in words what it shows', () => {
  const panels = ['memory < 1', 'time'].map(title => ({ title, line: [], dots: [] }));
  expect(renderChart(panels, 60_000)).toContain('<title>memory &lt; 1; time</title>');
});

test('draws one panel below the other', () => {
  const panel = { title: 'one', line: [], dots: [{ atMs: 0, value: 1 }] };
  const chart = renderChart([panel, { ...panel, title: 'two < three' }], 60_000);
  expect([...chart.matchAll(/<circle cx="60" cy="(\d+)"/g)].map(match => match[1])).toEqual(['34', '234']);
  expect(chart).toContain('two &lt; three');
});
