import { expect, it } from 'vitest';
import { OutputReader } from './output-reader.js';

const bytes = (text: string) => Buffer.from(text);

it('ends at the empty text frame, whole', async () => {
  const reader = new OutputReader(100);
  reader.take(bytes('caf\u00e9').subarray(0, 4), true);
  reader.take(bytes('caf\u00e9').subarray(4), true);
  reader.take(bytes(''), false);
  reader.close();
  await reader.ended;
  expect([reader.text(), reader.truncated]).toEqual(['caf\u00e9', false]);
});

it('keeps no more than it may, and passes everything on', async () => {
  const seen: string[] = [];
  const reader = new OutputReader(4, chunk => void seen.push(Buffer.from(chunk).toString()));
  for (const part of ['abc', 'def', 'ghi']) reader.take(bytes(part), true);
  reader.take(bytes(''), false);
  await reader.ended;
  expect([reader.text(), reader.truncated, seen]).toEqual(['abcd', true, ['abc', 'def', 'ghi']]);
});

it('is truncated when the socket closes before the end mark', async () => {
  const reader = new OutputReader(100);
  reader.take(bytes('tail lo'), true);
  reader.close();
  await reader.ended;
  expect(reader.truncated).toBe(true);
});

it('fails with what the listener throws', async () => {
  const reader = new OutputReader(100, () => {
    throw new Error('listener broke');
  });
  reader.take(bytes('x'), true);
  await expect(reader.ended).rejects.toThrow('listener broke');
});
