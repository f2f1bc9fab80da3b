/** The ways in which the service turns a caller away before it looks at the request. */
import { AzureError, errorResponse } from './errors.js';

/** 401 with both challenges; an agent starts its token exchange only when it sees the word Bearer. */
export function unauthorized(publicUrl: string, message: string): Response {
  const response = errorResponse(new AzureError(401, 'UnauthorizedRequestException', message));
  response.headers.append('WWW-Authenticate', `Bearer authorization_uri=${publicUrl}`);
  response.headers.append('WWW-Authenticate', `Basic realm="${publicUrl}/"`);
  return response;
}

/** 203 with a page made for people: what a client gets that sent a bad credential and can follow a redirect. */
export function signInPage(): Response {
  const page = '<!DOCTYPE html><html><head><title>Sign in</title></head><body>Sign in to your account.</body></html>';
  return new Response(page, { status: 203, headers: { 'Content-Type': 'text/html; charset=utf-8' } });
}

/** 302 to the sign-in page. */
export function signInRedirect(publicUrl: string): Response {
  const location = `${publicUrl}/_signin?realm=emulated`;
  return new Response('<html><head><title>Object moved</title></head></html>', {
    status: 302,
    headers: { Location: location, 'Content-Type': 'text/html; charset=utf-8' },
  });
}

/** 429 with the time to wait, and the headers that tell how much of the budget is left. */
export function throttled(retryAfterS: number, now: number): Response {
  const message = 'TF400733: The request has been canceled: Request was blocked due to exceeding usage of resource.';
  const response = errorResponse(new AzureError(429, 'VssServiceException', message));
  addRateLimit(response.headers, retryAfterS, now);
  return response;
}

/** Adds the rate-limit headers to an answer. */
export function addRateLimit(headers: Headers, retryAfterS: number, now: number): void {
  headers.set('Retry-After', String(retryAfterS));
  headers.set('X-RateLimit-Resource', 'Core/Concurrency');
  headers.set('X-RateLimit-Delay', '0.250');
  headers.set('X-RateLimit-Limit', '200');
  headers.set('X-RateLimit-Remaining', '0');
  headers.set('X-RateLimit-Reset', String(Math.ceil(now / 1000) + retryAfterS));
}
