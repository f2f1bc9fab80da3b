import { describe, expect, it } from 'vitest';
import { meetsDemand, mergeCapabilities, parseDemand } from './demands.js';

const CAPABILITIES = {
  'Agent.Name': 'zoo-7',
  'Agent.Version': '4.275.0',
  'Agent.OS': 'Linux',
  docker: '',
  java: '/usr/lib/jvm/17',
  MSBuild: '17.10',
  Odd: 'abc',
};

describe('a demand', () => {
  it.each([
    ['docker', 'exists', true],
    ['DOCKER', 'exists', true],
    ['java -equals /usr/lib/jvm/17', 'equals', true],
    ['java -equals /USR/lib/JVM/17', 'equals', true],
    ['java -equals /usr', 'equals', false],
    ['Agent.Version -gtVersion 2.163.1', 'gtVersion', true],
    ['Agent.Version -gtVersion 4.275.0', 'gtVersion', true],
    ['Agent.Version -gtVersion 4.275.1', 'gtVersion', false],
    ['Agent.Version -gtVersion 4.275', 'gtVersion', true],
    ['MSBuild -gtVersion 17.10.0', 'gtVersion', false],
    ['MSBuild -gtVersion 17.9', 'gtVersion', true],
    ['Odd -gtVersion 1.0', 'gtVersion', false],
    ['Odd -gtVersion xyz', 'gtVersion', true],
    ['Agent.Name -equals ZOO-7', 'equals', true],
    ['java -equal /usr/lib/jvm/17', undefined, false],
    ['java -Equals /usr/lib/jvm/17', undefined, false],
    ['has space', undefined, false],
    ['missing', 'exists', false],
    ['docker -equals ', undefined, false],
    ['Agent.Version -gtVersion 4.275.0-beta', 'gtVersion', true],
  ] as const)('"%s" reads as %s and is met: %s', (text, kind, met) => {
    expect(parseDemand(text)?.kind).toBe(kind);
    expect(meetsDemand(CAPABILITIES, text)).toBe(met);
  });
});

describe('capabilities', () => {
  it('of the user win over those of the system, in any case', () => {
    const merged = mergeCapabilities({ GPU: 'none', cpu: '8' }, { gpu: 'two' });
    expect(merged).toEqual({ gpu: 'two', cpu: '8' });
  });
});
