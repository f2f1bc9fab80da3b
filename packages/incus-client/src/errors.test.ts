import { describe, expect, it } from 'vitest';
import { classifyRefusal, IncusError, ignoreNotFound, isIncusError, refusal } from './errors.js';

describe('the kind of a refusal', () => {
  it.each([
    ['Failed to fetch instance "x" in project "p": Instance not found', 404, 'not-found'],
    ['Not Found', 404, 'not-found'],
    ['Image not provided for instance creation', 500, 'not-found'],
    ['Requested profile "x" doesn\'t exist', 500, 'not-found'],
    ['Instance is running', 400, 'busy'],
    ['Failed to create instance update operation: Instance is busy running a "stop" operation', 500, 'busy'],
    ['The instance is already stopped', 400, 'already-so'],
    ['The instance is already running', 500, 'already-so'],
    ['Add instance info: UNIQUE constraint failed: instances.project_id, instances.name', 500, 'conflict'],
    ['Name "x" already in use', 409, 'conflict'],
    ['Image with same fingerprint already exists', 500, 'conflict'],
    ['Instance is not running', 400, 'conflict'],
    ['Renaming of running instance not allowed', 500, 'conflict'],
    ['Cannot export a running instance as an image', 500, 'conflict'],
    ["ETag doesn't match: a vs b", 412, 'stale-etag'],
    ['Invalid instance name: Name can only contain alphanumeric and hyphen characters', 400, 'invalid'],
    ['Unknown configuration key: bogus.key', 500, 'invalid'],
    ['Command not found', 400, 'invalid'],
    ['User does not have permissions for project "default"', 500, 'forbidden'],
    ['Certificate is restricted', 403, 'forbidden'],
    ['Failed checking if instance creation allowed: Reached maximum number of instances', 500, 'forbidden'],
    ['Shutting down', 503, 'unavailable'],
    ["Server isn't ready yet", 500, 'unavailable'],
    ['Missing event connection with target cluster member', 500, 'unavailable'],
    ['Instance storage pool not found', 500, 'unavailable'],
    ['something new', 500, 'failed'],
    ['something new', undefined, 'failed'],
  ] as const)('of "%s" (%s) is %s', (text, status, kind) => {
    expect(classifyRefusal(text, status)).toBe(kind);
  });

  it('does not take a guest that ignores its shutdown for a daemon that shuts down', () => {
    const text = 'Failed shutting down instance, status is "Running": context deadline exceeded';
    expect(classifyRefusal(text, 500)).toBe('failed');
  });
});

describe('a refusal', () => {
  it('says what was tried and why it failed', () => {
    const error = refusal('create instance "x"', 'Shutting down', 503);
    expect(error.message).toBe('create instance "x": Shutting down');
    expect(error).toMatchObject({ kind: 'unavailable', status: 503, retryable: true });
  });

  it('without a text names the status', () => {
    expect(refusal('list instances', '', 502).message).toBe('list instances: the daemon answered 502');
  });
});

describe('ignoreNotFound', () => {
  it('takes a missing object for undefined and lets everything else pass', async () => {
    const missing = new IncusError('not-found', 'delete instance "x": Instance not found');
    const busy = new IncusError('busy', 'delete instance "x": Instance is running');
    await expect(ignoreNotFound(Promise.reject(missing))).resolves.toBeUndefined();
    await expect(ignoreNotFound(Promise.reject(busy))).rejects.toBe(busy);
    await expect(ignoreNotFound(Promise.resolve(1))).resolves.toBe(1);
  });
});

it('isIncusError tells kinds apart', () => {
  const error = new IncusError('busy', 'b');
  expect([isIncusError(error), isIncusError(error, 'busy'), isIncusError(error, 'invalid')]).toEqual([
    true,
    true,
    false,
  ]);
  expect(isIncusError(new Error('busy'))).toBe(false);
});
