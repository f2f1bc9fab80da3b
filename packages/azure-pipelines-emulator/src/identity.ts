/** Who is calling, by the `Authorization` header. */
import { timingSafeEqual } from 'node:crypto';
import type { World } from './world.js';

/** Somebody whose credential was accepted, or nobody in particular. */
export type Caller =
  | { readonly kind: 'organisation' }
  | { readonly kind: 'agent'; readonly agentId: number; readonly clientId: string }
  | { readonly kind: 'job'; readonly requestId: number }
  | { readonly kind: 'anonymous' };

/** What the header holds, once looked at: an accepted caller, none at all, or a credential that is not good. */
export type Identification =
  | { readonly kind: 'accepted'; readonly caller: Caller }
  | { readonly kind: 'absent' }
  | { readonly kind: 'refused'; readonly scheme: string };

/** Looks at the header: Basic with the organisation's token under any user name, or Bearer with one of Entra, or one we gave. */
export function identify(world: World, authorization: string | undefined): Identification {
  if (authorization === undefined || authorization === '') return { kind: 'absent' };
  const [, scheme = '', credential = ''] = /^(\S+)\s*(.*)$/.exec(authorization) ?? [];
  switch (scheme.toLowerCase()) {
    case 'basic':
      return basic(world, credential)
        ? { kind: 'accepted', caller: { kind: 'organisation' } }
        : { kind: 'refused', scheme };
    case 'bearer':
      return bearer(world, credential);
    default:
      return { kind: 'refused', scheme };
  }
}

function basic(world: World, credential: string): boolean {
  const text = Buffer.from(credential, 'base64').toString('utf8');
  return text.includes(':') && isSame(text.slice(text.indexOf(':') + 1), world.state.token);
}

function isSame(given: string, token: string): boolean {
  const [one, other] = [Buffer.from(given), Buffer.from(token)];
  return one.length === other.length && timingSafeEqual(one, other);
}

function bearer(world: World, token: string): Identification {
  const { entraToken } = world.settings;
  if (entraToken !== undefined && isSame(token, entraToken)) {
    return { kind: 'accepted', caller: { kind: 'organisation' } };
  }
  const grant = world.state.grants.get(token);
  if (grant === undefined || (grant.kind === 'agent' && grant.expiresAt <= world.clock.now())) {
    return { kind: 'refused', scheme: 'Bearer' };
  }
  return grant.kind === 'agent'
    ? { kind: 'accepted', caller: { kind: 'agent', agentId: grant.agentId, clientId: grant.clientId } }
    : { kind: 'accepted', caller: { kind: 'job', requestId: grant.requestId } };
}
