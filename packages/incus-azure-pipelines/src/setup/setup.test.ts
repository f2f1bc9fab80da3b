import { expect, it } from 'vitest';
import { urlOf } from './setup.js';

it.each([
  ['127.0.0.1:8443', 'https://127.0.0.1:8443'],
  [':8443', 'https://127.0.0.1:8443'],
  ['[::]:9443', 'https://127.0.0.1:9443'],
  ['0.0.0.0:8443', 'https://127.0.0.1:8443'],
  ['10.1.2.3', 'https://10.1.2.3:8443'],
  ['[fd00::1]:8443', 'https://[fd00::1]:8443'],
  ['incus.example:443', 'https://incus.example:443'],
])('an Incus that listens on %s is reached at %s', (address, url) => {
  expect(urlOf(address)).toBe(url);
});
