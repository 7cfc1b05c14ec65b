/** The catalogue of notifiers by their type in the configuration. */
import { createCommandNotifier } from './command.ts';
import { createDingtalkNotifier } from './dingtalk.ts';
import { createDiscordNotifier } from './discord.ts';
import { createEmailNotifier } from './email.ts';
import { createFeishuNotifier } from './feishu.ts';
import { createFileNotifier } from './file.ts';
import { createSlackNotifier } from './slack.ts';
import { createTeamsNotifier } from './teams.ts';
import { createTelegramNotifier } from './telegram.ts';
import { createTerminalNotifier } from './terminal.ts';
import { createWebhookNotifier } from './webhook.ts';
import { createWecomNotifier } from './wecom.ts';

export const NOTIFIERS = {
  terminal: createTerminalNotifier,
  webhook: createWebhookNotifier,
  email: createEmailNotifier,
  feishu: createFeishuNotifier,
  dingtalk: createDingtalkNotifier,
  wecom: createWecomNotifier,
  slack: createSlackNotifier,
  discord: createDiscordNotifier,
  teams: createTeamsNotifier,
  telegram: createTelegramNotifier,
  command: createCommandNotifier,
  file: createFileNotifier,
} as const;
