import { seeing } from './falsified.js';
import { unseenBy } from './host-room.js';
import type { Planner } from './promises.js';

/** Bugs in what the planner makes of the room on the host, by what each does. */
export const roomPlanners: Readonly<Record<string, Planner>> = {
  'takes a full host for an unread one': seeing(observed => {
    const { hostRoom } = observed;
    return hostRoom === undefined ? observed : { ...observed, hostRoom: { at: hostRoom.at, error: 'planted' } };
  }),
  'believes for ever what it once read of the host': seeing((observed, now) => {
    const { hostRoom } = observed;
    return hostRoom === undefined ? observed : { ...observed, hostRoom: { ...hostRoom, at: now } };
  }),
  'forgets what was just created on the host': seeing(observed => {
    const { hostRoom } = observed;
    if (hostRoom?.memoryBytes === undefined) return observed;
    const memoryBytes = hostRoom.memoryBytes + unseenBy(hostRoom, observed).size * 2 ** 30;
    return { ...observed, hostRoom: { ...hostRoom, memoryBytes } };
  }),
};
