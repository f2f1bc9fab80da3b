/** The exchange of an agent's assertion for a token. */
import { randomBytes } from 'node:crypto';
import { AssertionRefused, checkAssertion } from '../assertion.js';
import { type Call, json, type Route } from '../route.js';
import { tokenUrl } from '../wire/task-agent.js';

const ASSERTION_TYPE = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer';

/** The token endpoint. */
export const oauthRoutes: readonly Route[] = [
  { method: 'POST', template: '/_apis/oauth2/token', callers: [], answer: exchange },
];

async function exchange(call: Call): Promise<Response> {
  const { world } = call;
  const form = new URLSearchParams(await call.request.text());
  if (form.get('grant_type') !== 'client_credentials')
    return refuse('unsupported_grant_type', 'Not client_credentials.');
  if (form.get('client_assertion_type') !== ASSERTION_TYPE) return refuse('invalid_request', `Not ${ASSERTION_TYPE}.`);
  if (world.settings.refuseAssertions) return refuse('invalid_client', 'This server accepts no assertions.');
  const now = world.clock.now();
  const { grants, usedAssertions, agents } = world.state;
  for (const [id, expiresAt] of usedAssertions) if (expiresAt <= now) usedAssertions.delete(id);
  try {
    const assertion = checkAssertion(form.get('client_assertion') ?? '', tokenUrl(world), agents.values(), now);
    if (usedAssertions.has(assertion.id)) throw new AssertionRefused('The assertion was used before.');
    usedAssertions.set(assertion.id, assertion.expiresAt);
    const token = randomBytes(48).toString('base64url');
    const { agent, clientId } = assertion;
    grants.set(token, { kind: 'agent', agentId: agent.id, clientId, expiresAt: now + world.settings.tokenMs });
    return json({ access_token: token, token_type: 'bearer', expires_in: world.settings.tokenMs / 1000 });
  } catch (error) {
    if (error instanceof AssertionRefused) return refuse('invalid_client', error.message);
    throw error;
  }
}

/** The SDK reads the description under a name without the underscore of the standard. */
function refuse(error: string, description: string): Response {
  const body = { error, errordescription: description, error_description: description };
  return Response.json(body, { status: 400, headers: { 'Content-Type': 'application/json; charset=utf-8' } });
}
