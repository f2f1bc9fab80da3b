import type { Instance } from 'incus-client';
import { NOW } from './simulation/examples.js';

/** One entry of a list of instances as Incus gives it. */
export function anIncusInstance(given: Partial<Instance> = {}): Instance {
  return {
    name: 'one',
    project: 'azure-pipelines',
    type: 'container',
    status: 'Running',
    status_code: 103,
    location: 'none',
    architecture: 'x86_64',
    description: '',
    config: {},
    expanded_config: {},
    devices: {},
    expanded_devices: {},
    profiles: [],
    ephemeral: true,
    stateful: false,
    created_at: new Date(NOW).toISOString(),
    last_used_at: '',
    ...given,
  };
}
