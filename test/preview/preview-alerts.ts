/** `npm run alerts:preview`: every kind of message as every channel sends it, in files to look at. */
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { advise } from '../../src/alert/advise.ts';
import { digestOf } from '../../src/alert/digest.ts';
import { type Message, messageOf } from '../../src/alert/message.ts';
import { dingtalkBody } from '../../src/alert/notifiers/dingtalk.ts';
import { discordBody } from '../../src/alert/notifiers/discord.ts';
import { feishuBody } from '../../src/alert/notifiers/feishu.ts';
import { slackBody } from '../../src/alert/notifiers/slack.ts';
import { teamsBody } from '../../src/alert/notifiers/teams.ts';
import { telegramBody } from '../../src/alert/notifiers/telegram.ts';
import { renderBlock } from '../../src/alert/notifiers/terminal.ts';
import { wecomBody } from '../../src/alert/notifiers/wecom.ts';
import { pictureId, renderHtml } from '../../src/alert/render-html.ts';
import { renderText } from '../../src/alert/render-text.ts';
import { checkpointVanishedAlert, evaluationFailingAlert, stalledAlert } from '../../src/alert/run-alerts.ts';
import { trialMessage } from '../../src/alert/trial-message.ts';
import type { Alert } from '../../src/domain/alert.ts';
import { ALERT_ACTIONS } from '../../src/domain/alert-action.ts';
import { alert } from '../alert/fixtures.ts';

const LINK = 'https://libra.example/alerts/a1b2';
const actions = ALERT_ACTIONS.map((action) => ({
  action,
  url: `https://libra.example/act/a1b2/${action}?by=team&expires=1800000000000&sign=${'x'.repeat(43)}`,
}));
const TREND = {
  name: { en: 'Chinese culture', zh: '中国文化理解' },
  metric: 'score',
  points: [0.61, 0.63, 0.62, 0.62, 0.63, 0.49, 0.48].map((value, i) => ({
    step: 200 * (i + 1),
    value,
    low: value - 0.04,
    high: value + 0.04,
  })),
  changeBetween: [1000, 1200],
  reference: 0.621,
} as const;
const PLACE = join('.vitest', 'alerts-preview');

const pretty = (body: unknown) => JSON.stringify(body, null, 2);
const CHANNELS: Readonly<Record<string, (message: Message) => string>> = {
  'terminal.txt': (message) => renderBlock(message, false),
  'mail.txt': renderText,
  'mail.html': withDrawings,
  'feishu.json': (message) => pretty(feishuBody(message)),
  'dingtalk.json': (message) => pretty(dingtalkBody(message)),
  'wecom.md': (message) => wecomBody(message).markdown.content,
  'slack.json': (message) => pretty(slackBody(message)),
  'discord.json': (message) => pretty(discordBody(message)),
  'teams.json': (message) => pretty(teamsBody(message)),
  'telegram.txt': (message) => telegramBody(message).text,
};

/** In a file there are no attachments: the drawings stand where the mail has its pictures. */
function withDrawings(message: Message): string {
  return (message.pictures ?? []).reduce(
    (html, { name, svg }) =>
      html.replace(`cid:${pictureId(name)}`, `data:image/svg+xml;base64,${Buffer.from(svg).toString('base64')}`),
    renderHtml(message),
  );
}

/** A card that only says where the text is; the text is what a person reads. */
const textsIn = (value: unknown): string[] =>
  typeof value === 'string'
    ? [value]
    : value !== null && typeof value === 'object'
      ? Object.values(value).flatMap(textsIn)
      : [];

function regression(): Alert {
  const full = alert();
  const lastGood = { step: 1000, path: full.lastGoodCheckpoint! };
  const languageOf = { idiom_zh: 'zh', zodiac_zh: 'zh', antonym_zh: 'zh' };
  const { members, telemetry } = full;
  return { ...full, advice: advise({ members, isBroad: false, isSudden: false, telemetry, lastGood, languageOf }) };
}

function messages(): Readonly<Record<string, Message>> {
  const fell = regression();
  const said = (about: Alert, more: object = {}) =>
    messageOf(about, {
      language: 'both',
      samples: 'full',
      link: LINK,
      runName: 'forgetting',
      actions,
      trends: [TREND],
      pictures: true,
      ...more,
    });
  const format = {
    unparsedBefore: 0.02,
    unparsedAfter: 0.31,
    difference: 0.002,
    ci95: [-0.01, 0.014],
    n: 410,
  } as const;
  const formLost = fell.members.slice(0, 1).map((one) => ({ ...one, format: { ...format, explainsIt: true } }));
  const last = { id: 'run-1400', step: 1400 };
  const digest = {
    days: 7,
    quiet: 1,
    runs: [
      {
        name: 'forgetting',
        state: 'active' as const,
        step: 1440,
        evaluated: 18,
        fired: 2,
        resolved: 1,
        open: ['Chinese culture regressed'],
        better: [{ en: 'Factual QA', zh: '事实问答' }],
        worse: [{ en: 'Chinese culture', zh: '中国文化理解' }],
        changed: [],
      },
    ],
  };
  return {
    firing: said(fell),
    reminder: said(fell, { reminder: { nth: 1, of: 3, unansweredMs: 4 * 3_600_000 } }),
    resolved: said({ ...fell, state: 'resolved', resolvedAtStep: 1800 }),
    'form-lost': said({ ...fell, members: formLost }),
    stalled: said(stalledAlert('r', last, 600_000)),
    'evaluation-failing': said(evaluationFailingAlert('r', last, 'The engine ran out of memory.', 'Lower its length.')),
    vanished: said(checkpointVanishedAlert('r', last)),
    digest: digestOf(digest, { language: 'both', thread: 'digest', link: LINK }),
    trial: trialMessage('both'),
  };
}

rmSync(PLACE, { recursive: true, force: true });
mkdirSync(PLACE, { recursive: true });
for (const [name, message] of Object.entries(messages())) {
  for (const [channel, render] of Object.entries(CHANNELS)) {
    const text = render(message);
    writeFileSync(join(PLACE, `${name}.${channel}`), `${text}\n`);
    if (!channel.endsWith('.json')) continue;
    writeFileSync(join(PLACE, `${name}.${channel}.txt`), `${textsIn(JSON.parse(text)).join('\n')}\n`);
  }
}
console.log(`${Object.keys(messages()).length} messages by ${Object.keys(CHANNELS).length} channels are in ${PLACE}`);
