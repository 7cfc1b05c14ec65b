/** The catalogue of notifiers by their type in the configuration. */
import { createEmailNotifier } from './email.ts';
import { createTerminalNotifier } from './terminal.ts';
import { createWebhookNotifier } from './webhook.ts';

export const NOTIFIERS = {
  terminal: createTerminalNotifier,
  webhook: createWebhookNotifier,
  email: createEmailNotifier,
} as const;
