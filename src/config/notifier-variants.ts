/** The channels that alerts can go out by, each with its settings. */
import { z } from 'zod';
import { key } from './key.ts';
import { duration } from './measures.ts';
import { orNull, secret, text } from './values.ts';

const secretOrUrl = z.string().regex(/^(env:[A-Za-z_][A-Za-z0-9_]*|file:(\/|~\/).+|https?:\/\/\S+)$/, {
  error: 'a http(s) URL, env:NAME or file:/path',
});
/** A chat's URL is its password: unencrypted it goes to this machine only. Any host, since there are proxies. */
const secretUrl = z
  .string()
  .regex(
    /^(env:[A-Za-z_][A-Za-z0-9_]*|file:(\/|~\/).+|https:\/\/\S+|http:\/\/(localhost|127(\.\d+){3}|\[::1\])[:/]\S*)$/,
    {
      error: 'env:NAME, file:/path or a https URL',
    },
  );

const isPrivate = (url: string): boolean =>
  /^(https:\/\/|http:\/\/(localhost|127(\.\d+){3}|\[::1\])([:/]|$))/.test(url);

const signingSecret = (sentence: string, example: string) => key(sentence, orNull(secret), { example, isSecret: true });
const chatUrl = (sentence: string, example: string) => key(sentence, secretUrl, { example, isSecret: true });

export const notifier = z.discriminatedUnion('type', [
  z.strictObject({
    type: key("Prints to the daemon's own terminal.", z.literal('terminal')),
  }),
  z.strictObject({
    type: key('Sends JSON to a URL of yours.', z.literal('webhook')),
    url: key('Where to send it; the URL itself may be a secret.', secretOrUrl, {
      example: 'https://example.com/libra',
      isSecret: true,
    }),
    secret: signingSecret('Key of the HMAC-SHA256 signature sent along; null sends none.', 'env:LIBRA_WEBHOOK_SECRET'),
  }),
  z.strictObject({
    type: key('Sends cards by a custom bot of a Feishu or Lark group.', z.literal('feishu')),
    url: chatUrl("The bot's webhook address, a secret; any host, for proxies.", 'env:LIBRA_FEISHU_URL'),
    secret: signingSecret('Of its signature check; null when that is off.', 'env:LIBRA_FEISHU_SECRET'),
  }),
  z.strictObject({
    type: key('Sends cards by a custom robot of a DingTalk group.', z.literal('dingtalk')),
    url: chatUrl("The robot's webhook address with its access_token, a secret.", 'env:LIBRA_DINGTALK_URL'),
    secret: signingSecret('SEC... of its signature check; null when that is off.', 'env:LIBRA_DINGTALK_SECRET'),
  }),
  z.strictObject({
    type: key('Sends markdown by a robot of a WeCom group.', z.literal('wecom')),
    url: chatUrl("The robot's webhook address with its key, a secret.", 'env:LIBRA_WECOM_URL'),
  }),
  z.strictObject({
    type: key('Sends to a Slack channel.', z.literal('slack')),
    url: chatUrl('Address of the incoming webhook, a secret.', 'env:LIBRA_SLACK_URL'),
  }),
  z.strictObject({
    type: key('Sends to a Discord channel.', z.literal('discord')),
    url: chatUrl('Address of the webhook, a secret.', 'env:LIBRA_DISCORD_URL'),
  }),
  z.strictObject({
    type: key('Sends to a Microsoft Teams channel by a workflow.', z.literal('teams')),
    url: chatUrl('Address of the workflow that starts on a webhook request, a secret.', 'env:LIBRA_TEAMS_URL'),
  }),
  z.strictObject({
    type: key('Sends by a bot of Telegram.', z.literal('telegram')),
    token: key("The bot's token.", secret, { example: 'env:LIBRA_TELEGRAM_TOKEN', isSecret: true }),
    chat: key('Id of the group, the channel (@name) or the person.', z.union([text, z.int()]).transform(String), {
      example: '-1001234567890',
    }),
    url: key(
      'Where its interface is; another one for a proxy.',
      z
        .url({ protocol: /^https?$/ })
        .refine(isPrivate, { error: 'a https address, since the token is part of it (http is for this machine only)' })
        .prefault('https://api.telegram.org'),
    ),
  }),
  z.strictObject({
    type: key('Hands each message as JSON to a program of yours, on its standard input.', z.literal('command')),
    command: key('Program and arguments, as a list; no shell is between.', z.tuple([text], text), {
      example: ['/usr/local/bin/page', '--team', 'training'],
    }),
    timeout: key(
      'How long it may take. Its exit code 0 means sent, 64 refused for good, any other that it is tried again.',
      duration.prefault('30s'),
    ),
  }),
  z.strictObject({
    type: key('Appends each message as a line of JSON to a file.', z.literal('file')),
    path: key('The file; its directory must be there, and must not be one that is watched.', text, {
      example: '/var/log/libra/alerts.jsonl',
      isPath: true,
    }),
  }),
  z.strictObject({
    type: key('Sends e-mail.', z.literal('email')),
    host: key('SMTP server.', text, { example: 'smtp.example.com' }),
    port: key('Its port; null takes 465 with `tls`, else 587.', orNull(z.int().min(1).max(65_535))),
    tls: key(
      'TLS from the first byte; otherwise STARTTLS is used where the server offers it.',
      z.boolean().prefault(false),
    ),
    user: key('Name to log in with; null logs in as nobody.', orNull(text), { example: 'libra' }),
    password: key('Its password.', orNull(secret), { example: 'env:LIBRA_SMTP_PASSWORD', isSecret: true }),
    from: key('Sender.', text, { example: 'Libra <libra@example.com>' }),
    to: key('Receivers.', z.array(text).min(1), { example: ['training@example.com'] }),
  }),
]);
