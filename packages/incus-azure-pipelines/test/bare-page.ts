import { Hono } from 'hono';
import { type SSEStreamingApi, streamSSE } from 'hono/streaming';
import { type Served, serveOnPort } from '../src/lib/serve.js';

const TEXT = `<!doctype html><title>bare</title><p>bare</p><script>
const source = new EventSource('live');
source.onopen = () => { document.querySelector('p').dataset.told = 'open'; };
source.onmessage = ({ data }) => { document.querySelector('p').dataset.told = data; };
</script>`;

/** A page that shows the last word it was told, and nothing else. */
export class BarePage implements AsyncDisposable {
  #reader: SSEStreamingApi | undefined;
  #served: Served | undefined;

  static async start(): Promise<BarePage> {
    const page = new BarePage();
    const app = new Hono();
    app.get('/', c => c.html(TEXT));
    app.get('/live', c =>
      streamSSE(c, async stream => {
        page.#reader = stream;
        await new Promise<void>(gone => stream.onAbort(gone));
      }),
    );
    page.#served = await serveOnPort(app.fetch, '127.0.0.1', 0);
    return page;
  }

  get url(): string {
    return `http://127.0.0.1:${this.#served?.port}/`;
  }

  /** What is there in the page while it shows this word. */
  shows(word: string): string {
    return `p[data-told="${word}"]`;
  }

  tell(word: string): void {
    void this.#reader?.writeSSE({ data: word });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#served?.[Symbol.asyncDispose]();
  }
}
