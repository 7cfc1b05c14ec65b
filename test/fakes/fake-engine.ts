/**
 * A server of vLLM's wire as its source documents it, with a toy model and faults on demand; run as a real process.
 */
import { spawn } from 'node:child_process';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { decode, encode, nextOf, toyLogprob } from './toy-model.ts';

export interface FakeEngineConfig {
  /** Unix socket, instead of a port. */
  readonly socket?: string;
  /** Loopback port; a free one (printed as `listening PORT`) when not given. */
  readonly port?: number;
  readonly servedName?: string;
  readonly root?: string;
  readonly maxModelLen?: number;
  readonly apiKey?: string;
  /** Extra fields of the model card. */
  readonly card?: Readonly<Record<string, unknown>>;
  /** Written to stderr before it ends with code 1 instead of starting. */
  readonly dieWith?: readonly string[];
  /** Written to stderr when it dies in the middle. */
  readonly lastWords?: string;
  readonly neverReady?: boolean;
  /** Starts a process of its own session and prints `grandchild PID`. */
  readonly grandchild?: boolean;
  readonly ignoreSigterm?: boolean;
  readonly faults?: Faults;
  /** What it generates, by prompt, instead of the toy model's text. */
  readonly texts?: Readonly<Record<string, string>>;
}

/** May be changed while it runs, by POST /_faults. */
export interface Faults {
  readonly tokenize?: 'missing';
  readonly promptLogprobs?: 'missing' | 'null';
  /** `one` refuses max_tokens 0, as old builds do. */
  readonly echo?: 'missing' | 'one';
  /** Prompts that hold this text get NaN, which makes vLLM fail the whole answer. */
  readonly nan?: string;
  /** Prompts that hold this text get -9999.0 for every token. */
  readonly minusInfinity?: string;
  /** The next answers to completions: statuses, `reset` breaks the connection, `hang` never answers anything again, `die` ends the process, `core` ends it as vLLM does. */
  readonly next?: readonly (number | 'reset' | 'hang' | 'die' | 'core')[];
  /** Prompts that hold this text are refused. */
  readonly refuse?: string;
  /** Answers drift from request to request. */
  readonly drift?: number;
}

const config = JSON.parse(process.env.FAKE_ENGINE ?? '{}') as FakeEngineConfig;
let faults: Faults = config.faults ?? {};
let queue = [...(faults.next ?? [])];
let isHung = false;
let isSick = false;
let asked = 0;
const seen: { path: string; body: Record<string, unknown> }[] = [];

if (config.dieWith) {
  process.stderr.write(`${config.dieWith.join('\n')}\n`, () => process.exit(1));
} else {
  if (config.ignoreSigterm) process.on('SIGTERM', () => {});
  if (config.grandchild) {
    const script = 'process.on("SIGTERM",()=>{});setInterval(()=>{},1000)';
    const child = spawn(process.execPath, ['-e', script], { detached: true, stdio: 'ignore' });
    process.stdout.write(`grandchild ${child.pid}\n`);
  }
  const server = createServer((request, response) => void serve(request, response));
  server.listen(config.socket ?? { port: config.port ?? 0, host: '127.0.0.1' }, () => {
    const address = server.address();
    process.stdout.write(`listening ${typeof address === 'object' ? address?.port : address}\n`);
  });
}

async function serve(request: IncomingMessage, response: ServerResponse): Promise<unknown> {
  if (isHung) return;
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  const text = Buffer.concat(chunks).toString();
  const body = (text === '' ? {} : JSON.parse(text)) as Record<string, unknown>;
  const path = request.url ?? '/';
  const send = (status: number, value: unknown) => {
    response.writeHead(status, { 'content-type': 'application/json' });
    response.end(typeof value === 'string' ? value : JSON.stringify(value));
  };
  const refuse = (status: number, message: string) =>
    send(status, {
      error: { message, type: status < 500 ? 'BadRequestError' : 'InternalServerError', param: null, code: status },
    });

  if (path === '/_faults') {
    faults = body as Faults;
    queue = [...(faults.next ?? [])];
    return send(200, {});
  }
  if (path === '/_seen') return send(200, seen);
  if (path === '/health') return config.neverReady || isSick ? send(503, '') : send(200, '');
  if (config.apiKey && request.headers.authorization !== `Bearer ${config.apiKey}`)
    return send(401, { error: 'Unauthorized' });
  seen.push({ path, body });
  if (path === '/version') return send(200, { version: '0.29.0' });
  if (path === '/v1/models') return send(200, { object: 'list', data: [modelCard()] });
  if (path === '/tokenize' && faults.tokenize !== 'missing') {
    const tokens = encode(String(body.prompt));
    return send(200, { count: tokens.length, max_model_len: config.maxModelLen ?? 2048, tokens, token_strs: null });
  }
  if (path !== '/v1/completions') return send(404, { detail: 'Not Found' });
  if (body.model !== modelCard().id) return refuse(404, `The model \`${body.model}\` does not exist.`);
  const fault = queue.shift();
  if (fault === 'reset') return void request.socket.destroy();
  if (fault === 'die') {
    process.stderr.write(`${config.lastWords ?? 'Segmentation fault'}\n`, () => process.kill(process.pid, 'SIGKILL'));
    return;
  }
  if (fault === 'core') {
    // The process that computes is gone: every answer is 500, and a little later the server ends.
    isSick = true;
    process.stderr.write(`${config.lastWords ?? 'EngineDeadError'}\n`);
    setTimeout(() => process.exit(1), 300);
    return refuse(500, 'EngineCore encountered an issue. See stack trace (above) for the root cause.');
  }
  if (fault === 'hang') {
    isHung = true;
    return;
  }
  if (fault !== undefined) return refuse(fault, `planted ${fault}`);
  complete(body, send, refuse);
}

function modelCard() {
  const id = config.servedName ?? 'toy';
  const card = { id, object: 'model', created: 1, owned_by: 'vllm', root: config.root ?? id, parent: null };
  return { ...card, max_model_len: config.maxModelLen ?? 2048, permission: [], ...config.card };
}

type Send = (status: number, value: unknown) => unknown;
type Refuse = (status: number, message: string) => unknown;

function complete(body: Record<string, unknown>, send: Send, refuse: Refuse): unknown {
  const prompts = promptsOf(body.prompt);
  const maxTokens = Number(body.max_tokens ?? 16);
  const length = config.maxModelLen ?? 2048;
  if (maxTokens === 0 && !body.echo) return refuse(400, 'max_tokens must be at least 1, got 0.');
  if (body.echo && (faults.echo === 'missing' || (faults.echo === 'one' && maxTokens === 0)))
    return refuse(400, 'echo is not supported');
  if (body.prompt_logprobs !== undefined && faults.promptLogprobs === 'missing')
    return refuse(400, 'prompt_logprobs is not supported');
  if (((body.stop ?? []) as string[]).length > 4) return refuse(400, 'at most 4 stop strings');
  const long = prompts.find((ids) => ids.length + maxTokens > length);
  if (long)
    return refuse(
      400,
      `This model's maximum context length is ${length} tokens. However, you requested ${long.length + maxTokens} tokens.`,
    );
  if (faults.refuse && prompts.some((ids) => decode(ids).includes(faults.refuse!))) return refuse(400, 'not this');
  asked++;
  const wantsScores = body.prompt_logprobs !== undefined || body.echo === true;
  if (wantsScores && faults.nan && prompts.some((ids) => decode(ids).includes(faults.nan!))) {
    return refuse(500, 'Out of range float values are not JSON compliant: nan');
  }
  const choices = prompts.map((ids, index) => choiceOf(ids, index, body, maxTokens));
  const completion = choices.reduce((sum, choice) => sum + choice.made, 0);
  send(200, {
    id: 'cmpl-1',
    object: 'text_completion',
    model: body.model,
    // Out of order, as nothing forbids.
    choices: choices.map(({ made: _made, ...choice }) => choice).reverse(),
    usage: { completion_tokens: completion, prompt_tokens: prompts.flat().length },
  });
}

function choiceOf(ids: readonly number[], index: number, body: Record<string, unknown>, maxTokens: number) {
  const made: number[] = [];
  for (let last = ids.at(-1) ?? 96; made.length < maxTokens; ) {
    last = nextOf(last);
    made.push(last);
  }
  const whole = config.texts?.[decode(ids)] ?? decode(made);
  const stops = ((body.stop ?? []) as string[]).map((stop) => whole.indexOf(stop)).filter((at) => at >= 0);
  const text = stops.length > 0 ? whole.slice(0, Math.min(...stops)) : whole;
  const finish_reason = stops.length > 0 ? 'stop' : 'length';
  const drift = (faults.drift ?? 0) * asked;
  const bad = faults.minusInfinity !== undefined && decode(ids).includes(faults.minusInfinity);
  const scoreAt = (at: number) => (bad ? -9999 : toyLogprob(ids[at - 1]!, ids[at]!) - drift);
  const prompt_logprobs = ids.map((id, at) => {
    if (at === 0) return null;
    const best = nextOf(ids[at - 1]!);
    const own = { [id]: { logprob: scoreAt(at), rank: id === best ? 1 : 7, decoded_token: decode([id]) } };
    return { [best]: { logprob: -0.1, rank: 1, decoded_token: decode([best]) }, ...own };
  });
  const shown = [...ids, ...made];
  const offsets: number[] = [];
  for (let at = 0, offset = 0; at < shown.length; at++) {
    offsets.push(offset);
    offset += [...decode([shown[at]!])].length;
  }
  return {
    index,
    made: made.length,
    text: (body.echo ? decode(ids) : '') + text,
    finish_reason,
    logprobs: body.echo
      ? {
          tokens: shown.map((id) => decode([id])),
          token_logprobs: shown.map((id, at) =>
            at === 0 ? null : at < ids.length ? scoreAt(at) : toyLogprob(shown[at - 1]!, id),
          ),
          top_logprobs: shown.map((_id, at) => (at === 0 ? null : { [decode([nextOf(shown[at - 1]!)])]: -0.1 })),
          text_offset: offsets,
        }
      : null,
    ...(body.prompt_logprobs !== undefined && {
      prompt_logprobs: faults.promptLogprobs === 'null' ? [null] : prompt_logprobs,
    }),
    ...(body.return_token_ids === true && { token_ids: encode(text), prompt_token_ids: ids }),
  };
}

function promptsOf(prompt: unknown): number[][] {
  if (typeof prompt === 'string') return [encode(prompt)];
  const list = prompt as (string | number | number[])[];
  if (typeof list[0] === 'number') return [list as number[]];
  return list.map((one) => (typeof one === 'string' ? encode(one) : (one as number[])));
}
