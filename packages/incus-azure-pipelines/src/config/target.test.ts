import { expect, it } from 'vitest';
import { parseTarget } from './target.js';

it.each([
  ['10.1.2.3', { host: '10.1.2.3', prefixLength: undefined, port: undefined }],
  ['10.1.2.3:8080', { host: '10.1.2.3', prefixLength: undefined, port: 8080 }],
  ['10.1.2.0/24', { host: '10.1.2.0', prefixLength: 24, port: undefined }],
  ['10.1.2.0/24:443', { host: '10.1.2.0', prefixLength: 24, port: 443 }],
  ['fd00::1', { host: 'fd00::1', prefixLength: undefined, port: undefined }],
  ['fd00::/8', { host: 'fd00::', prefixLength: 8, port: undefined }],
  ['[fd00::1]:443', { host: 'fd00::1', prefixLength: undefined, port: 443 }],
  ['[fd00::/8]:443', { host: 'fd00::', prefixLength: 8, port: 443 }],
  ['packages.example', { host: 'packages.example', prefixLength: undefined, port: undefined }],
  ['mirror:3142', { host: 'mirror', prefixLength: undefined, port: 3142 }],
])('%s is read', (text, target) => {
  expect(parseTarget(text)).toEqual(target);
});

it.each([
  '',
  ':80',
  '10.1.2',
  '10.1.2.300',
  '10.1.2.3:0',
  '10.1.2.3:65536',
  '10.1.2.3:http',
  '10.1.2.3/33',
  'fd00::/129',
  'name/24',
  '[10.1.2.3]:80',
  'https://x.example',
  'a b',
  '-a',
  '10.0.0.0/8/8',
])('"%s" is none', text => {
  expect(parseTarget(text)).toBeUndefined();
});
