import { describe, expect, it } from 'vitest';
import { FakeClock, settled } from '../../test/simulation/fake-clock.js';
import { attendServiceManager, type ServiceManagerOptions } from './service-manager.js';

const MINUTE_MS = 60_000;
const ASKED = { NOTIFY_SOCKET: '/run/systemd/notify', WATCHDOG_USEC: String(3 * MINUTE_MS * 1_000) };

/** Attends until it is told to stop; `words` is what systemd has heard. */
function attend(variables: ServiceManagerOptions['variables'] = ASKED, lost = 0) {
  const clock = new FakeClock(0);
  const words: string[] = [];
  const failures: unknown[] = [];
  const service = { healthy: true };
  const stop = new AbortController();
  const ended = attendServiceManager(stop.signal, {
    clock,
    healthy: () => service.healthy,
    onFailure: error => failures.push(error),
    tell: async told => {
      words.push(...told);
      if (told.includes('READY=1') && lost-- > 0) throw new Error('systemd-notify: timed out');
    },
    ...(variables && { variables }),
  });
  return { clock, ended, failures, service, stop, words };
}

describe('attending systemd', () => {
  it('says once that the service is up, and then that it lives, three times within the patience of systemd', async () => {
    const { clock, words } = attend();
    await settled();
    expect(words).toEqual(['READY=1']);
    for (let minute = 0; minute < 3; minute++) await clock.advance(MINUTE_MS);
    expect(words).toEqual(['READY=1', 'WATCHDOG=1', 'WATCHDOG=1', 'WATCHDOG=1']);
  });

  it('is silent while the service is not well, and speaks again when it is', async () => {
    const { clock, service, words } = attend();
    await settled();
    service.healthy = false;
    await clock.advance(MINUTE_MS);
    expect(words).toEqual(['READY=1']);
    service.healthy = true;
    await clock.advance(MINUTE_MS);
    expect(words).toEqual(['READY=1', 'WATCHDOG=1']);
  });

  it('says that the service ends, and ends itself', async () => {
    const { clock, ended, stop, words } = attend();
    await settled();
    stop.abort();
    await ended;
    expect(words).toEqual(['READY=1', 'STOPPING=1']);
    expect(clock.sleeping).toBe(0);
  });

  it('says that the service is up until that has got through, however little systemd asks for', async () => {
    const { clock, failures, words } = attend({ NOTIFY_SOCKET: '/run/systemd/notify' }, 2);
    await settled();
    expect(words).toEqual(['READY=1']);
    for (let minute = 0; minute < 10; minute++) await clock.advance(MINUTE_MS);
    expect(words).toEqual(['READY=1', 'READY=1', 'READY=1']);
    const lost = { message: 'systemd-notify: timed out' };
    expect(failures).toMatchObject([lost, lost]);
  });

  it('says that the service lives once it is up', async () => {
    const { clock, words } = attend(ASKED, 1);
    await settled();
    for (let minute = 0; minute < 2; minute++) await clock.advance(MINUTE_MS);
    expect(words).toEqual(['READY=1', 'READY=1', 'WATCHDOG=1']);
  });

  it('ends while it still says that the service is up', async () => {
    const { clock, ended, stop, words } = attend(ASKED, 2);
    await settled();
    stop.abort();
    await ended;
    expect(words).toEqual(['READY=1', 'STOPPING=1']);
    expect(clock.sleeping).toBe(0);
  });

  it.each([
    ['has set no time', { NOTIFY_SOCKET: '/run/systemd/notify' }],
    ['has set one for another process', { ...ASKED, WATCHDOG_PID: '1' }],
  ])('does not say that the service lives where systemd %s', async (_, variables) => {
    const { clock, words } = attend(variables);
    await settled();
    await clock.advance(60 * MINUTE_MS);
    expect(words).toEqual(['READY=1']);
  });

  it('says nothing where nobody has asked', async () => {
    const { ended, words } = attend({ NOTIFY_SOCKET: '' });
    await ended;
    expect(words).toEqual([]);
  });
});
