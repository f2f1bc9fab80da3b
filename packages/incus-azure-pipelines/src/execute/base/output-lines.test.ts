import { describe, expect, test } from 'vitest';
import { OutputLines } from './output-lines.js';

function linesOf(...chunks: readonly (string | Uint8Array)[]): { told: string[]; last: readonly string[] } {
  const told: string[] = [];
  const lines = new OutputLines(line => told.push(line));
  for (const chunk of chunks) lines.take(Buffer.from(chunk));
  return { told, last: lines.end() };
}

describe('the lines of an output', () => {
  test('are told whole, however they come', () => {
    expect(linesOf('on', 'e\ntw', 'o\n').told).toEqual(['one', 'two']);
  });

  test('end with the output, also without a line end', () => {
    expect(linesOf('one\ntwo').told).toEqual(['one', 'two']);
  });

  test('are made of characters, also of those that come in two pieces', () => {
    const [first, second] = [Buffer.from('ü').subarray(0, 1), Buffer.from('ü\n').subarray(1)];
    expect(linesOf(first, second).told).toEqual(['ü']);
  });

  test('hold nothing that acts on a terminal', () => {
    expect(linesOf('\u001b[31mred\u001b[0m\u0007 \u001b]0;title\u0007end\n').told).toEqual(['red end']);
  });

  test('are cut when they are long, also when they never end', () => {
    const lines = new OutputLines(() => undefined);
    for (let count = 0; count < 100; count += 1) lines.take(Buffer.from('x'.repeat(1000)));
    expect(lines.end()[0]?.length).toBe(500);
  });

  test('are remembered to the last thirty', () => {
    const { last } = linesOf(Array.from({ length: 100 }, (_, index) => `line ${index}\n`).join(''));
    expect(last).toHaveLength(30);
    expect(last.at(-1)).toBe('line 99');
  });
});
