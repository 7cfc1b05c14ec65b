/** One alert -> one neutral message: its words are here, notifiers only translate the form. */
import type { Alert, Severity } from '../domain/alert.ts';
import type { AlertAction } from '../domain/alert-action.ts';
import { alertWords, type MessageLanguage } from './alert-words.ts';
import { cleanLine } from './clean-text.ts';
import type { FlappingNote } from './flapping.ts';
import { limitSamples, type SampleLimit } from './limit-samples.ts';
import type { Reminder } from './remind.ts';

export interface MessageSection {
  readonly heading: string;
  readonly lines: readonly string[];
}

/** The message in one language. */
export interface MessageText {
  readonly language: MessageLanguage;
  /** One line, fit for a subject: what and where. */
  readonly title: string;
  /** One or two sentences: what happened and since when. */
  readonly lead: string;
  readonly sections: readonly MessageSection[];
  /** What stands on the link. */
  readonly linkText: string;
}

/** A link by which the alert is answered. */
export interface MessageAction {
  readonly action: AlertAction;
  readonly url: string;
}

export interface Message {
  readonly severity: Severity;
  readonly isResolved: boolean;
  /** Same for every message of one alert: channels that thread use it. */
  readonly thread: string;
  readonly run: string;
  readonly texts: readonly MessageText[];
  /** Where to look; null when no address is known. */
  readonly link: string | null;
  readonly actions?: readonly MessageAction[];
}

export interface MessageOptions {
  readonly language: MessageLanguage | 'both';
  /** How much of the docs may be shown. */
  readonly samples: SampleLimit;
  /** Name of the run to show; its id by default. */
  readonly runName?: string;
  readonly link?: string | null;
  readonly actions?: readonly MessageAction[];
  /** Nobody answered yet: how long, and the how manieth message this is. */
  readonly reminder?: Reminder;
  /** It comes and goes, or does no longer. */
  readonly flapping?: FlappingNote;
}

/** The message of an alert in its present state (firing, or resolved). */
export function messageOf(alert: Alert, options: MessageOptions): Message {
  const shown = limitSamples(alert, options.samples);
  const languages: readonly MessageLanguage[] = options.language === 'both' ? ['en', 'zh'] : [options.language];
  const run = cleanLine(options.runName ?? alert.run, 80);
  return {
    severity: alert.severity,
    isResolved: alert.state === 'resolved',
    thread: alert.id,
    run,
    texts: languages.map((language) => ({ language, ...alertWords(shown, run, language, options) })),
    link: options.link ?? null,
    // What is over needs no answer.
    ...(options.actions?.length && alert.state !== 'resolved' ? { actions: options.actions } : {}),
  };
}
