/** What a person sees when `libra serve` is ready: where, what, and a line to try it with. */

export interface Ready {
  /** http://HOST:PORT or unix:PATH */
  readonly url: string;
  readonly model: string;
  readonly max_model_len: number;
  /** Milliseconds. */
  readonly startup_ms: number;
}

export function describeReady({ url, model, max_model_len: maxLength, startup_ms: startup }: Ready): string {
  const [socket, base] = url.startsWith('unix:')
    ? [`--unix-socket ${quote(url.slice('unix:'.length))} `, 'http://localhost']
    : ['', url];
  const body = JSON.stringify({ model, prompt: 'Once upon a time', max_tokens: 16 });
  return `${[
    `Serving ${model} on ${url} (context of ${maxLength} tokens, ready in ${(startup / 1000).toFixed(1)} s).`,
    '',
    'Try it:',
    `  curl ${socket}${base}/v1/completions -H 'content-type: application/json' -d ${quote(body)}`,
    '',
    'Ctrl-C stops it.',
  ].join('\n')}\n`;
}

/** As a shell reads it back. */
function quote(text: string): string {
  return /^[\w./:-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;
}
