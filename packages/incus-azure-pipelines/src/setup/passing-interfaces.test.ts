import { expect, test } from 'vitest';
import { despitePassingInterfaces } from './passing-interfaces.js';

const GONE = 'Failed to run: ip -d -j link show veth583fd592: exit status 1 (Device "veth583fd592" does not exist.)';

/** It goes between two looks of `ip` itself. */
const GOING =
  'Failed to run: ip -d -j link show veth1: exit status 1 (RTNETLINK answers: No such device\nCannot send link get request: No such device)';

/** Calls that fail in turn, and then no more. */
function failing(...messages: readonly string[]) {
  let calls = 0;
  const call = async () => {
    const message = messages[calls++];
    if (message !== undefined) throw new Error(message);
  };
  return { call, calls: () => calls };
}

test('a call that met an interface which was just going is made again', async () => {
  const { call, calls } = failing(GONE, GOING);
  await despitePassingInterfaces(call);
  expect(calls()).toBe(3);
});

test('what fails for another reason is not tried again', async () => {
  const { call, calls } = failing('in use');
  await expect(despitePassingInterfaces(call)).rejects.toThrow('in use');
  expect(calls()).toBe(1);
});

test('what fails five times is given up', async () => {
  const { call, calls } = failing(GONE, GONE, GONE, GONE, GONE);
  await expect(despitePassingInterfaces(call)).rejects.toThrow('veth583fd592');
  expect(calls()).toBe(5);
});
