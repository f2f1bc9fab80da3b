/** The rule that tells success from failure, and the failures from each other. */

import { type Answer, isHtml, isJson } from './answer.js';
import type { Credential } from './auth.js';
import { AzurePipelinesError, type AzurePipelinesErrorKind } from './azure-pipelines-error.js';
import type { Call } from './call.js';
import { type ErrorBody, readErrorBody } from './error-body.js';
import { headerValue } from './rate-limit.js';
import { foreignText, redact } from './redact.js';

const kindOfTypeKey: ReadonlyMap<string, AzurePipelinesErrorKind> = new Map([
  ['TaskAgentJobStillRunningException', 'busy'],
  ['TaskAgentExistsException', 'conflict'],
  ['TaskAgentNotFoundException', 'not-found'],
  ['TaskAgentPoolNotFoundException', 'not-found'],
  ['AccessDeniedException', 'forbidden'],
  ['UnauthorizedRequestException', 'credentials'],
]);

/** What to do about a credential that is not known, and about one that lacks a right. */
const remedies = {
  pat: {
    credentials: 'make a new token with the scope Agent Pools (Read & manage)',
    forbidden: 'give the token the scope Agent Pools (Read & manage) and its user the role Administrator on the pool',
  },
  bearer: {
    credentials: 'add the identity that it is for to the users of the organisation',
    forbidden: 'give the identity that the token is for the role Administrator on the pool',
  },
} as const;

interface Verdict {
  readonly kind: AzurePipelinesErrorKind;
  readonly why: string;
  readonly remedy?: string;
  /** What else to do, besides that which its kind and the credential's call for. */
  readonly also?: string;
}

/**
 * Judges an answer: success is any 2xx but 203 with a JSON body, or without a body where the call allows that.
 *
 * A `DELETE` of a busy agent is refused with a status that differs between servers, so every 4xx to it that has no plainer
 * meaning (401, 403, 404, 408, 429) counts as `busy`.
 *
 * @returns `undefined` for success.
 */
export function failureOfAnswer(
  call: Call,
  url: string,
  answer: Answer,
  { kind, secrets }: Pick<Credential, 'kind' | 'secrets'>,
  retryAfterMs: number | undefined,
): AzurePipelinesError | undefined {
  const body = readErrorBody(answer, secrets);
  const verdict = ofThisCall(call, answer, judge(call, answer, body, secrets));
  if (verdict === undefined) return undefined;
  const said = body.message === undefined ? '' : ` ("${body.message}")`;
  const whatToDo = verdict.remedy ?? remedyFor(verdict, kind);
  const remedy = whatToDo === undefined ? '' : `; ${whatToDo}`;
  const message = `${call.attempt} on ${url}: ${verdict.why}${said}${remedy}`;
  return new AzurePipelinesError(verdict.kind, redact(message, secrets), {
    status: answer.status,
    typeKey: body.typeKey,
    activityId: body.activityId,
    retryAfterMs,
  });
}

/** A good token is turned away, too, where it may not be enough, and looks then as one that is refused. */
function ofThisCall(call: Call, { status }: Answer, verdict: Verdict | undefined): Verdict | undefined {
  const isTurnedAway = verdict?.kind === 'credentials' || verdict?.kind === 'forbidden';
  if (call.mayAskTooMuch !== true || !isTurnedAway) return verdict;
  return { kind: 'forbidden', why: `the token is not let in here (${status})`, remedy: 'agents do without it' };
}

function remedyFor({ also, kind }: Verdict, credential: Credential['kind']): string | undefined {
  if (kind !== 'credentials' && kind !== 'forbidden') return undefined;
  const remedy = remedies[credential][kind];
  return also === undefined ? remedy : `${remedy}, ${also}`;
}

function judge(call: Call, answer: Answer, body: ErrorBody, secrets: readonly string[]): Verdict | undefined {
  const { status } = answer;
  if (status === 203) return { kind: 'credentials', why: 'the token was refused (203, sign-in page)' };
  if (status >= 200 && status < 300) return judgeSuccess(call, answer);
  if (status >= 300 && status < 400) return judgeRedirect(answer, secrets);
  const kind = kindOfTypeKey.get(body.typeKey ?? '') ?? kindOfStatus(status, call);
  return { kind, ...explain(kind, status) };
}

function judgeSuccess(call: Call, answer: Answer): Verdict | undefined {
  if (answer.text === '' && answer.whole && !isHtml(answer)) {
    return call.mayBeEmpty === true ? undefined : { kind: 'protocol', why: `the answer (${answer.status}) is empty` };
  }
  if (isHtml(answer)) {
    const why = `a web page came instead of JSON (${answer.status}), as for a token that was refused`;
    return { kind: 'credentials', why, also: 'and check the URL' };
  }
  if (!isJson(answer)) return { kind: 'protocol', why: `the answer (${answer.status}) is not JSON; check the URL` };
  if (!answer.whole) return { kind: 'protocol', why: `the answer (${answer.status}) is larger than allowed` };
  return undefined;
}

function judgeRedirect(answer: Answer, secrets: readonly string[]): Verdict {
  const { status, headers } = answer;
  const location = headerValue(headers, 'location') ?? '';
  if (status === 302 || status === 303 || /_signin|\/login/i.test(location)) {
    return { kind: 'credentials', why: `the token was refused (${status}, redirected to sign in)` };
  }
  const target = foreignText(location.replace(/[?#].*$/, ''), secrets);
  return { kind: 'invalid', why: `the server points to "${target}" instead (${status})`, remedy: 'correct the URL' };
}

function kindOfStatus(status: number, call: Call): AzurePipelinesErrorKind {
  if (status >= 500) return 'unavailable';
  switch (status) {
    case 401:
      return 'credentials';
    case 403:
      return 'forbidden';
    case 404:
      return 'not-found';
    case 408:
      return 'timeout';
    case 429:
      return 'throttled';
    default:
      return call.refusal ?? (status === 409 ? 'conflict' : 'invalid');
  }
}

function explain(kind: AzurePipelinesErrorKind, status: number): { readonly why: string; readonly remedy?: string } {
  switch (kind) {
    case 'credentials':
      return { why: `the token was refused (${status})` };
    case 'forbidden':
      return { why: `access denied (${status})` };
    case 'not-found':
      return { why: `not found (${status})`, remedy: 'check the URL if it should be there' };
    case 'conflict':
      return { why: `it clashes with what is there (${status})`, remedy: 'choose another name' };
    case 'busy':
      return {
        why: `refused (${status}), probably because the agent runs a job`,
        remedy: 'try again when the job is done',
      };
    case 'throttled':
      return { why: `too many calls (${status})`, remedy: 'wait and call less often' };
    case 'unavailable':
      return { why: `the server failed (${status})`, remedy: 'try again later' };
    case 'timeout':
      return { why: `the server gave up waiting (${status})`, remedy: 'try again later' };
    case 'unreachable':
    case 'invalid':
    case 'protocol':
      return { why: `the request was refused (${status})` };
  }
}
