/** Steps as a person reads them before agreeing to them. */

import type { Devices, Keys, Rule, Step } from './model.js';

/** The step in a line, and what it sets in a line each. */
export interface StepText {
  readonly what: string;
  readonly details: readonly string[];
}

/** Says what a step does. */
export function describeStep(step: Step): StepText {
  switch (step.kind) {
    case 'make-acl':
    case 'change-acl':
      return {
        what: `${verb(step.kind)} network ACL "${step.acl.name}": guests reach this and nothing else`,
        details: step.acl.egress.map(ruleText),
      };
    case 'make-network':
    case 'change-network':
      return {
        what: `${verb(step.kind)} network "${step.network.name}", a bridge`,
        details: keyTexts(step.network.config),
      };
    case 'make-project':
    case 'change-project':
      return { what: `${verb(step.kind)} project "${step.project.name}"`, details: keyTexts(step.project.config) };
    case 'change-profile':
      return {
        what: `Change the default profile of project "${step.project}"`,
        details: [...keyTexts(step.profile.config), ...deviceTexts(step.profile.devices)],
      };
    case 'set-server-keys':
      return { what: 'Set keys of the server', details: keyTexts(step.keys) };
    case 'make-certificate':
      return { what: `Make certificate "${step.name}" and trust it within project "${step.project}"`, details: [] };
    case 'distrust':
      return { what: `Trust certificate "${step.name}" no more`, details: [step.fingerprint] };
    case 'delete-files':
      return { what: 'Delete certificate and key from the state directory', details: [] };
    case 'raise-inotify':
      return {
        what: 'Raise the number of inotify instances of this host, now and for every boot',
        details: [`fs.inotify.max_user_instances = ${step.to}, in place of ${step.from}`],
      };
    case 'restore-inotify':
      return { what: `Set fs.inotify.max_user_instances of this host back to ${step.to}`, details: [] };
    case 'delete-instance':
      return { what: `Delete base "${step.name}"`, details: [] };
    case 'delete-image':
      return { what: `Delete image ${step.fingerprint.slice(0, 12)} from project "${step.project}"`, details: [] };
    case 'delete-project':
      return { what: `Delete project "${step.name}"`, details: [] };
    case 'delete-network':
      return { what: `Delete network "${step.name}"`, details: [] };
    case 'delete-acl':
      return { what: `Delete network ACL "${step.name}"`, details: [] };
  }
}

function verb(kind: `${'make' | 'change'}-${string}`): string {
  return kind.startsWith('make') ? 'Make' : 'Change';
}

function ruleText({ description, destination, protocol, destination_port }: Rule): string {
  const port = destination_port === undefined ? '' : ` ${protocol} ${destination_port}`;
  return `${description}: ${destination?.replaceAll(',', ', ')}${port}`;
}

function keyTexts(keys: Keys): readonly string[] {
  return Object.entries(keys).map(([key, value]) => `${key} = ${value === '' ? '(unset)' : value}`);
}

function deviceTexts(devices: Devices): readonly string[] {
  return Object.entries(devices).map(([name, keys]) => `device ${name}: ${keyTexts(keys).join(', ')}`);
}
