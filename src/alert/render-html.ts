/** A message as HTML for mail: inline styles only, everything from outside escaped. */
import { buttonsOf } from './buttons.ts';
import { cleanLine } from './clean-text.ts';
import type { Message, MessageText } from './message.ts';
import { titleLine } from './render-text.ts';
import { PICTURE_WIDTH } from './trend-picture.ts';

const COLOURS = { critical: '#c62828', warning: '#b26a00', info: '#1565c0' } as const;

const RULE = '<hr style="border:0;border-top:1px solid #ddd;margin:24px 0">';

export function renderHtml(message: Message): string {
  const colour = message.isResolved ? '#2e7d32' : COLOURS[message.severity];
  // The buttons are near at hand, not below every language.
  const [first = '', ...others] = message.texts.map((text) => section(message, text, colour));
  const parts = [`${first}${pictures(message)}${buttons(message)}`, ...others];
  return (
    '<!doctype html><html><head><meta charset="utf-8"></head>' +
    `<body style="font:14px/1.5 -apple-system,'Segoe UI','PingFang SC','Microsoft YaHei',sans-serif;color:#222;max-width:720px">${parts.join(RULE)}</body></html>`
  );
}

function section(message: Message, text: MessageText, colour: string): string {
  const parts = text.sections.map(
    ({ heading, lines }) =>
      `<h3 style="font-size:14px;margin:16px 0 4px">${escapeHtml(heading)}</h3><ul style="margin:0;padding-left:20px">${lines
        .map((line) => `<li>${escapeHtml(cleanLine(line, 1000))}</li>`)
        .join('')}</ul>`,
  );
  return (
    `<div lang="${text.language === 'zh' ? 'zh-CN' : 'en'}"><h2 style="font-size:17px;margin:0 0 8px;padding-left:10px;border-left:4px solid ${colour}">` +
    `${escapeHtml(titleLine(message, text))}</h2><p style="margin:0">${escapeHtml(cleanLine(text.lead, 1000))}</p>${parts.join('')}</div>`
  );
}

/** Content-ID of a picture, without its brackets. */
export function pictureId(name: string): string {
  return `${name}@libra`;
}

function pictures({ pictures: all = [] }: Message): string {
  return all
    .map(({ name, alt }) => {
      const image = `<img src="cid:${pictureId(name)}" alt="${escapeHtml(alt)}" width="${PICTURE_WIDTH}" style="display:block;width:100%;max-width:${PICTURE_WIDTH}px;height:auto">`;
      return `<p style="margin:20px 0 4px">${escapeHtml(alt)}</p>${image}`;
    })
    .join('');
}

const BUTTON = 'display:inline-block;margin:0 8px 8px 0;padding:6px 14px;border-radius:6px;text-decoration:none;';
const FIRST = `${BUTTON}border:1px solid #1565c0;background:#1565c0;color:#fff`;
const OTHERS = `${BUTTON}border:1px solid #888;color:#1565c0`;

function buttons(message: Message): string {
  const links = buttonsOf(message)
    .filter(({ url }) => /^https?:\/\//.test(url))
    .map(({ text, url }, at) => `<a href="${escapeHtml(url)}" style="${at ? OTHERS : FIRST}">${escapeHtml(text)}</a>`);
  return links.length === 0 ? '' : `<p style="margin:20px 0 0">${links.join('')}</p>`;
}

export function escapeHtml(text: string): string {
  return text
    .replace(/&/g, '&amp;')
    .replace(/</g, '&lt;')
    .replace(/>/g, '&gt;')
    .replace(/"/g, '&quot;')
    .replace(/'/g, '&#39;');
}
