/** The page behind the link of a message: what it would do, and a button. No script; words in Chinese and English. */
import type { AlertAction } from '../domain/alert-action.ts';

export const ACTION_POLICY =
  "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'";

/** `ask` has the button; all the others only say how it is. */
export type ActionPageKind = 'ask' | 'done' | 'closed' | 'expired' | 'refused' | 'missing';

export interface ActionPage {
  readonly kind: ActionPageKind;
  readonly action: AlertAction;
  /** Title of the alert where it may be told. */
  readonly title: string | null;
  /** What the button sends back. */
  readonly fields: Readonly<Record<string, string>>;
}

interface Words {
  readonly zh: string;
  readonly en: string;
}

const ASKED: Readonly<Record<AlertAction, Words>> = {
  acknowledge: {
    zh: '确认后不再发送提醒，表示有人正在处理。',
    en: 'Acknowledging ends the reminders: somebody is looking into it.',
  },
  'silence-1h': {
    zh: '静默 1 小时：期间不再发送该告警的消息。',
    en: 'Silence for 1 hour: no messages about this alert until then.',
  },
  'silence-24h': {
    zh: '静默 24 小时：期间不再发送该告警的消息。',
    en: 'Silence for 24 hours: no messages about this alert until then.',
  },
};

const BUTTONS: Readonly<Record<AlertAction, Words>> = {
  acknowledge: { zh: '确认', en: 'Acknowledge' },
  'silence-1h': { zh: '静默 1 小时', en: 'Silence for 1 hour' },
  'silence-24h': { zh: '静默 24 小时', en: 'Silence for 24 hours' },
};

const SAID: Readonly<Record<Exclude<ActionPageKind, 'ask'>, Words>> = {
  done: { zh: '已完成。', en: 'Done.' },
  closed: {
    zh: '该告警已经了结，无需再处理；这里没有做任何改动。',
    en: 'This alert is resolved already: there is nothing left to do, and nothing was changed.',
  },
  expired: {
    zh: '链接已过期（有效期 7 天）。请在 Libra 中处理该告警。',
    en: 'This link is too old: links are good for 7 days. Answer the alert in Libra.',
  },
  refused: {
    zh: '链接无效。请使用消息中的完整链接，或在 Libra 中处理。',
    en: 'This link is not valid. Use the whole link of the message, or answer the alert in Libra.',
  },
  missing: { zh: '该告警已不存在。', en: 'This alert is not there any more.' },
};

const STYLE =
  "body{font:16px/1.6 -apple-system,'Segoe UI','PingFang SC','Microsoft YaHei',sans-serif;max-width:34em;margin:12vh auto 0;padding:0 1.2em;color-scheme:light dark}" +
  'h1{font-size:1.1em}p{margin:.6em 0}button{font:inherit;padding:.6em 1.4em;border-radius:8px;border:0;background:#1565c0;color:#fff;cursor:pointer}footer{margin-top:3em;opacity:.6;font-size:.85em}';

export function renderActionPage({ kind, action, title, fields }: ActionPage): string {
  const words = kind === 'ask' ? ASKED[action] : SAID[kind];
  const inputs = Object.entries(fields).map(
    ([name, value]) => `<input type="hidden" name="${name}" value="${escapeText(value)}">`,
  );
  const { zh, en } = BUTTONS[action];
  // Without an address the form goes to where the page came from; what is in the query there is not read.
  const form = `<form method="post">${inputs.join('')}<p><button>${zh} · ${en}</button></p></form>`;
  return (
    '<!doctype html><html lang="zh-CN"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1">' +
    `<meta name="robots" content="noindex"><title>Libra 天秤</title><style>${STYLE}</style></head><body>` +
    (title === null ? '' : `<h1>${escapeText(title)}</h1>`) +
    `<p>${words.zh}</p><p lang="en">${words.en}</p>${kind === 'ask' ? form : ''}<footer>Libra 天秤</footer></body></html>`
  );
}

function escapeText(text: string): string {
  return text.replace(/[&<>"']/g, (found) => `&#${found.charCodeAt(0)};`);
}
