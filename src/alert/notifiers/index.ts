/** The catalogue of notifiers by their type in the configuration. */
import { createCommandNotifier } from './command.ts';
import { createDingtalkNotifier } from './dingtalk.ts';
import { createEmailNotifier } from './email.ts';
import { createFeishuNotifier } from './feishu.ts';
import { createFileNotifier } from './file.ts';
import { createSlackNotifier } from './slack.ts';
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
  command: createCommandNotifier,
  file: createFileNotifier,
} as const;
