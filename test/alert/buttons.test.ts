import { expect, it } from 'vitest';
import { machineBody } from '../../src/alert/machine-body.ts';
import { type Message, messageOf } from '../../src/alert/message.ts';
import { dingtalkBody } from '../../src/alert/notifiers/dingtalk.ts';
import { discordBody } from '../../src/alert/notifiers/discord.ts';
import { feishuBody } from '../../src/alert/notifiers/feishu.ts';
import { slackBody } from '../../src/alert/notifiers/slack.ts';
import { teamsBody } from '../../src/alert/notifiers/teams.ts';
import { telegramBody } from '../../src/alert/notifiers/telegram.ts';
import { wecomBody } from '../../src/alert/notifiers/wecom.ts';
import { renderHtml } from '../../src/alert/render-html.ts';
import { renderText } from '../../src/alert/render-text.ts';
import { ALERT_ACTIONS } from '../../src/domain/alert-action.ts';
import { alert } from './fixtures.ts';

const SIGN = 'x'.repeat(43);
const actions = ALERT_ACTIONS.map((action) => ({
  action,
  url: `https://libra.example/act/a1/${action}?by=team&expires=1800000000000&sign=${SIGN}`,
}));
const options = { language: 'both', samples: 'ids', link: 'https://libra.example/alerts/a1', actions } as const;
const CHANNELS: Readonly<Record<string, (message: Message) => string>> = {
  feishu: (message) => JSON.stringify(feishuBody(message)),
  dingtalk: (message) => JSON.stringify(dingtalkBody(message)),
  wecom: (message) => wecomBody(message).markdown.content,
  slack: (message) => JSON.stringify(slackBody(message)),
  discord: (message) => JSON.stringify(discordBody(message)),
  teams: (message) => JSON.stringify(teamsBody(message)),
  telegram: (message) => JSON.stringify(telegramBody(message)),
  text: renderText,
  html: (message) => renderHtml(message).replaceAll('&amp;', '&'),
  machines: (message) => JSON.stringify(machineBody({ key: 'k', event: 'e', at: '', message, alert: null })),
};

it.each(Object.keys(CHANNELS))('%s shows what can be done, in both languages', (channel) => {
  const sent = CHANNELS[channel]!(messageOf(alert(), options));
  for (const { url } of actions) expect(sent).toContain(url);
  if (channel === 'machines') return;
  for (const words of ['Acknowledge · 确认', 'Silence 1 h · 静默 1 小时', 'Silence 24 h · 静默 24 小时'])
    expect(sent).toContain(words);
  if (channel !== 'discord') expect(sent).toContain('Open in Libra · 在 Libra 中查看');
});

it.each(Object.keys(CHANNELS))('%s has nothing to answer once the alert is over', (channel) => {
  const sent = CHANNELS[channel]!(messageOf(alert({ state: 'resolved' }), options));
  expect(sent).not.toContain('/act/');
});

it('where there is no room the links that answer go before the words do', () => {
  const long = actions.map(({ action, url }) => ({ action, url: url + 'y'.repeat(3_000) }));
  const sent = JSON.stringify(slackBody(messageOf(alert(), { ...options, actions: long })));
  expect(sent).not.toContain('/act/');
  expect(sent).toContain('https://libra.example/alerts/a1');
  expect(sent).toContain('What fell');
});
