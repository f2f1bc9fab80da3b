import { expect, test } from 'vitest';
import { builtinsIn, librariesIn } from './node-runtime.js';

test('takes along what is not of the C library', () => {
  const output = [
    '\tlinux-vdso.so.1 (0x00007f1019e13000)',
    '\tlibdl.so.2 => /lib/x86_64-linux-gnu/libdl.so.2 (0x00007f1019df7000)',
    '\tlibstdc++.so.6 => /lib/x86_64-linux-gnu/libstdc++.so.6 (0x00007f1019a00000)',
    '\tlibm.so.6 => /lib/x86_64-linux-gnu/libm.so.6 (0x00007f1019d07000)',
    '\tlibnode.so.115 => /lib/libnode.so.115 (0x00007f1019d07000)',
    '\tlibc.so.6 => /lib/x86_64-linux-gnu/libc.so.6 (0x00007f101980c000)',
    '\tlibcares.so.2 => /lib/libcares.so.2 (0x00007f101980c000)',
    '\t/lib64/ld-linux-x86-64.so.2 (0x00007f1019e15000)',
  ].join('\n');
  expect(librariesIn(output)).toEqual([
    '/lib/x86_64-linux-gnu/libstdc++.so.6',
    '/lib/libnode.so.115',
    '/lib/libcares.so.2',
  ]);
});

test('says which library is missing', () => {
  expect(() => librariesIn('\tlibuv.so.1 => not found')).toThrow('libuv.so.1');
});

test('finds the scripts that a distribution left out of its Node', () => {
  const defines = ['A=1', 'NODE_SHARED_BUILTIN_ACORN_PATH=/usr/share/nodejs/acorn/dist/acorn.js'];
  expect(builtinsIn({ target_defaults: { defines } })).toEqual(['/usr/share/nodejs/acorn/dist/acorn.js']);
  expect(builtinsIn({ target_defaults: {} })).toEqual([]);
});
