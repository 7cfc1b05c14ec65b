/** One alert -> one neutral message: its words are here, notifiers only translate the form. */
import type { Alert, Severity } from '../domain/alert.ts';
import type { AlertAction } from '../domain/alert-action.ts';
import { alertWords, type MessageLanguage } from './alert-words.ts';
import { cleanLine } from './clean-text.ts';
import type { FlappingNote } from './flapping.ts';
import { limitSamples, type SampleLimit } from './limit-samples.ts';
import type { Reminder } from './remind.ts';
import { trendPictures, trendSection } from './show-trends.ts';
import type { AlertTrend } from './trend-picture.ts';

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

/** A drawing for channels that can show one. */
export interface MessagePicture {
  /** Within the message: letters, digits and hyphens. */
  readonly name: string;
  /** Seen on light and dark ground alike; without words, since no font is sure to be there. */
  readonly svg: string;
  /** What it shows; stands above it. */
  readonly alt: string;
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
  readonly pictures?: readonly MessagePicture[];
}

export interface MessageOptions {
  readonly language: MessageLanguage | 'both';
  /** How much of the docs may be shown. */
  readonly samples: SampleLimit;
  /** Name of the run to show; its id by default. */
  readonly runName?: string;
  readonly link?: string | null;
  readonly actions?: readonly MessageAction[];
  /** How what fell has moved. */
  readonly trends?: readonly AlertTrend[];
  /** Whether the channel can show pictures. */
  readonly pictures?: boolean;
  /** Nobody answered yet: how long, and the how manieth message this is. */
  readonly reminder?: Reminder;
  /** It comes and goes, or does no longer. */
  readonly flapping?: FlappingNote;
}

/** The message of an alert in its present state (firing, or resolved). */
export function messageOf(alert: Alert, options: MessageOptions): Message {
  const shown = limitSamples(alert, options.samples);
  const languages: readonly MessageLanguage[] = options.language === 'both' ? ['en', 'zh'] : [options.language];
  const { trends = [] } = options;
  const pictures = options.pictures ? trendPictures(trends, languages) : [];
  const run = cleanLine(options.runName ?? alert.run, 80);
  return {
    severity: alert.severity,
    isResolved: alert.state === 'resolved',
    thread: alert.id,
    run,
    texts: languages.map((language) => withTrends({ language, ...alertWords(shown, run, language, options) }, trends)),
    link: options.link ?? null,
    ...(pictures.length > 0 ? { pictures } : {}),
    // What is over needs no answer.
    ...(options.actions?.length && alert.state !== 'resolved' ? { actions: options.actions } : {}),
  };
}

/** Right after what fell. */
function withTrends(text: MessageText, trends: readonly AlertTrend[]): MessageText {
  const { sections } = text;
  return { ...text, sections: [...sections.slice(0, 1), ...trendSection(trends, text.language), ...sections.slice(1)] };
}
