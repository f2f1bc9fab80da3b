/** How the library of Entra is sent by our own connections. As that is, it is reached by a dynamic import alone. */

import { createHttpHeaders, type HttpClient, type PipelineRequest } from '@azure/core-rest-pipeline';
import { type Dispatcher, request } from 'undici';

type Sent = Exclude<Dispatcher.DispatchOptions['body'], undefined>;

/** Has the library send its requests by these connections; `onUnsent` is told why one could not be sent. */
export function clientBy(dispatcher: Dispatcher, onUnsent: (error: unknown) => void): HttpClient {
  return {
    async sendRequest(asked) {
      const { method, url } = asked;
      const { statusCode, ...answer } = await request(url, {
        dispatcher,
        method: method as Dispatcher.HttpMethod,
        // It would unpack the answer by itself, and here nobody does.
        headers: { ...asked.headers.toJSON(), 'accept-encoding': 'identity' },
        body: bodyOf(asked),
        ...(asked.abortSignal === undefined ? {} : { signal: asked.abortSignal }),
      }).catch(error => {
        onUnsent(error);
        throw error;
      });
      const headers = Object.entries(answer.headers).map(([name, value]) => [name, String(value)]);
      const bodyAsText = await answer.body.text();
      return {
        request: asked,
        status: statusCode,
        headers: createHttpHeaders(Object.fromEntries(headers)),
        bodyAsText,
      };
    },
  };
}

/** Undici takes whatever the library may give, but for forms and functions; its types leave more out. @throws TypeError for a form. */
function bodyOf({ body }: PipelineRequest): Sent {
  // The library writes forms as text before they come here.
  if (body instanceof FormData) throw new TypeError('a form is sent as text, and not as it is');
  return ((typeof body === 'function' ? body() : body) ?? null) as Sent;
}
