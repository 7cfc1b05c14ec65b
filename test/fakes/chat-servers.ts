/** Real HTTP servers that hold a message against what the vendors of chats document, and answer as they do. */
import { createHmac } from 'node:crypto';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface ChatAnswer {
  readonly status: number;
  readonly body: string;
  readonly headers?: Readonly<Record<string, string>>;
}

export interface ChatRequest {
  readonly url: URL;
  readonly type: string;
  readonly raw: string;
  // biome-ignore lint/suspicious/noExplicitAny: what a stranger sends
  readonly json: any;
}

export type ChatRules = (request: ChatRequest) => ChatAnswer;

export interface ChatServer extends AsyncDisposable {
  readonly url: string;
  /** Bodies that were taken and refused alike. */
  readonly caught: readonly ChatRequest[];
}

/** `first` is answered before the rules, one after the other. */
export async function startChatServer(rules: ChatRules, first: readonly ChatAnswer[] = []): Promise<ChatServer> {
  const caught: ChatRequest[] = [];
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const raw = Buffer.concat(chunks).toString('utf8');
      const url = new URL(request.url ?? '', 'http://chat');
      const asked = { url, raw, type: request.headers['content-type'] ?? '', json: JSON.parse(raw) };
      const { status, body, headers = {} } = first[caught.length] ?? rules(asked);
      caught.push(asked);
      response.writeHead(status, headers).end(body);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    caught,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

const code = (name: string, value: number, text: string): ChatAnswer => ({
  status: 200,
  body: JSON.stringify({ [name]: value, [name === 'code' ? 'msg' : 'errmsg']: text }),
});

const AN_HOUR = 3600;

/** @param now epoch ms of the vendor's clock */
export function feishuRules(secret: string | null, now: () => number): ChatRules {
  return ({ raw, json }) => {
    if (Buffer.byteLength(raw) > 20_000) return { status: 400, body: '{"code":9499,"msg":"Bad Request"}' };
    if (secret !== null) {
      const { timestamp, sign } = json;
      const right = createHmac('sha256', `${timestamp}\n${secret}`).digest('base64');
      if (typeof timestamp !== 'string' || sign !== right || Math.abs(now() / 1000 - Number(timestamp)) > AN_HOUR)
        return code('code', 19021, 'sign match fail or timestamp is not within one hour from current time');
    }
    const { card } = json;
    const isCard =
      json.msg_type === 'interactive' &&
      card?.schema === '2.0' &&
      card.config?.update_multi === true &&
      Object.keys(card).every((key) => ['schema', 'config', 'header', 'body'].includes(key)) &&
      card.body?.elements?.length > 0 &&
      card.body.elements.every(({ tag }: { tag: string }) => ['div', 'markdown', 'hr', 'button'].includes(tag));
    return isCard ? code('code', 0, 'success') : code('code', 19002, 'params error');
  };
}

export function dingtalkRules(secret: string | null, now: () => number): ChatRules {
  return ({ url, raw, json }) => {
    if (url.searchParams.get('access_token') !== 'token-of-a-robot')
      return code('errcode', 300001, 'token is not exist');
    if (secret !== null) {
      const timestamp = url.searchParams.get('timestamp');
      const right = createHmac('sha256', secret).update(`${timestamp}\n${secret}`).digest('base64');
      if (url.searchParams.get('sign') !== right || Math.abs(now() - Number(timestamp)) > AN_HOUR * 1000)
        return code('errcode', 310000, 'sign not match');
    }
    if (Buffer.byteLength(raw) > 20_000) return code('errcode', 430104, 'too long');
    const { actionCard, markdown } = json;
    const text = json.msgtype === 'actionCard' ? actionCard?.text : markdown?.text;
    const isComplete = json.msgtype === 'markdown' || actionCard?.btns?.every((one: object) => 'actionURL' in one);
    return typeof text === 'string' && text !== '' && isComplete
      ? code('errcode', 0, 'ok')
      : code('errcode', 400105, 'unsupported msgtype');
  };
}

export const wecomRules: ChatRules = ({ url, json }) => {
  if (url.searchParams.get('key') !== 'key-of-a-robot') return code('errcode', 93000, 'invalid webhook url');
  if (json.msgtype !== 'markdown') return code('errcode', 40008, 'invalid message type');
  const { content } = json.markdown;
  if (Buffer.byteLength(content) > 4096) return code('errcode', 40058, 'markdown.content exceed max length 4096');
  return code('errcode', 0, 'ok');
};

export const slackRules: ChatRules = ({ json }) => {
  const bad = (word: string) => ({ status: 400, body: word });
  const { blocks, text } = json;
  if (typeof text !== 'string' || !Array.isArray(blocks) || blocks.length > 50) return bad('invalid_blocks');
  if (JSON.stringify(blocks).length > 13_000) return bad('msg_blocks_too_long');
  for (const block of blocks) {
    if (block.type === 'header' && (block.text.type !== 'plain_text' || block.text.text.length > 150))
      return bad('invalid_blocks');
    if (block.type === 'section' && (block.text.text.length === 0 || block.text.text.length > 3000))
      return bad('invalid_blocks');
    for (const element of block.elements ?? [])
      if (element.text.text.length > 75 || element.url.length > 3000) return bad('invalid_blocks');
  }
  return { status: 200, body: 'ok' };
};

export const discordRules: ChatRules = ({ url, json }) => {
  const bad = { status: 400, body: '{"message":"Invalid Form Body","code":50035}' };
  const { embeds, allowed_mentions: mentions } = json;
  if (!Array.isArray(embeds) || embeds.length > 10 || mentions?.parse?.length !== 0) return bad;
  let sum = 0;
  for (const { title, description } of embeds) {
    if (!description || title.length > 256 || description.length > 4096) return bad;
    sum += title.length + description.length;
  }
  if (sum > 6000) return bad;
  return url.searchParams.get('wait') === 'true' ? { status: 200, body: '{"id":"1"}' } : { status: 204, body: '' };
};

/** The flow answers before it delivers, so what it would fail on is refused here. */
export const teamsRules: ChatRules = ({ raw, json }) => {
  const [card] = json.attachments ?? [];
  const isCard =
    json.type === 'message' &&
    card?.contentType === 'application/vnd.microsoft.card.adaptive' &&
    card.content.type === 'AdaptiveCard' &&
    card.content.body.every(({ type, text }: { type: string; text: string }) => type === 'TextBlock' && text !== '');
  return isCard && Buffer.byteLength(raw) * 1.18 < 28_672
    ? { status: 202, body: '' }
    : { status: 400, body: 'bad card' };
};

export const telegramRules: ChatRules = ({ url, json }) => {
  const answer = (status: number, description: string) => ({
    status,
    body: JSON.stringify({ ok: status === 200, ...(status === 200 ? {} : { error_code: status, description }) }),
  });
  if (url.pathname !== '/bot12345:token-of-a-bot/sendMessage') return answer(404, 'Not Found');
  if (json.chat_id !== '-100123') return answer(400, 'Bad Request: chat not found');
  if ('parse_mode' in json || json.text.length === 0) return answer(400, "Bad Request: can't parse entities");
  return json.text.length > 4096 ? answer(400, 'Bad Request: message is too long') : answer(200, '');
};
