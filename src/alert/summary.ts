/** Several alerts in one message: what a maintenance or a rate limit kept back. Pure. */
import type { Severity } from '../domain/alert.ts';
import type { MessageLanguage } from './alert-words.ts';
import { cleanLine } from './clean-text.ts';
import type { Message, MessageSection, MessageText } from './message.ts';

export interface SummedAlert {
  readonly run: string;
  readonly severity: Severity;
  readonly isResolved: boolean;
  /** In the languages of the message. */
  readonly titles: Readonly<Partial<Record<MessageLanguage, string>>>;
}

export interface AlertSummary {
  /** What kept them. */
  readonly why: 'maintenance' | 'limit';
  readonly total: number;
  /** The most urgent ones, told by their titles. */
  readonly shown: readonly SummedAlert[];
  /** Of all of them: how many a run, the most first. */
  readonly runs: readonly { readonly name: string; readonly count: number }[];
}

/** Titles in one message. */
export const MOST_SHOWN = 10;
const MOST_RUNS = 8;
const ORDER: readonly Severity[] = ['critical', 'warning', 'info'];

/** The most urgent first, those that are over last; otherwise as they came. */
export function byUrgency(alerts: readonly SummedAlert[]): SummedAlert[] {
  const rank = ({ severity, isResolved }: SummedAlert) => (isResolved ? ORDER.length : ORDER.indexOf(severity));
  return [...alerts].sort((a, b) => rank(a) - rank(b));
}

/** Alerts by run, the most first. */
export function countByRun(runs: readonly string[]): AlertSummary['runs'] {
  const counts = new Map<string, number>();
  for (const name of runs) counts.set(name, (counts.get(name) ?? 0) + 1);
  return [...counts].map(([name, count]) => ({ name, count })).sort((a, b) => b.count - a.count);
}

export function summaryMessage(
  summary: AlertSummary,
  { language, link }: { readonly language: MessageLanguage | 'both'; readonly link: string | null },
): Message {
  const languages: readonly MessageLanguage[] = language === 'both' ? ['en', 'zh'] : [language];
  const [worst] = byUrgency(summary.shown);
  return {
    severity: worst?.severity ?? 'info',
    isResolved: false,
    thread: summary.why,
    run: '',
    texts: languages.map((one) => textOf(summary, one)),
    link,
  };
}

function textOf({ why, total, shown, runs }: AlertSummary, language: MessageLanguage): MessageText {
  const zh = language === 'zh';
  const sections: MessageSection[] = [
    {
      heading: zh ? '告警' : 'Alerts',
      lines: byUrgency(shown).map((alert) => lineOf(alert, language)),
    },
  ];
  if (total > shown.length) sections.push({ heading: zh ? '按训练统计' : 'By run', lines: runLines(runs, language) });
  return {
    language,
    ...WORDS[why][language](total),
    sections,
    linkText: zh ? '打开 Libra' : 'Open Libra',
  };
}

function lineOf({ titles, isResolved }: SummedAlert, language: MessageLanguage): string {
  const title = cleanLine(titles[language] ?? titles.en ?? titles.zh ?? '', 160);
  if (!isResolved) return title;
  return language === 'zh' ? `【已恢复】${title}` : `[Resolved] ${title}`;
}

function runLines(runs: AlertSummary['runs'], language: MessageLanguage): string[] {
  const zh = language === 'zh';
  const rest = runs.slice(MOST_RUNS);
  const lines = runs.slice(0, MOST_RUNS).map(({ name, count }) => `${cleanLine(name, 80)}: ${say(count)}`);
  if (rest.length === 0) return lines;
  const more = rest.reduce((sum, { count }) => sum + count, 0);
  return [
    ...lines,
    zh ? `另有 ${say(rest.length)} 个训练：${say(more)}` : `${say(rest.length)} more runs: ${say(more)}`,
  ];
}

type Words = (total: number) => { readonly title: string; readonly lead: string };

const WORDS: Readonly<Record<AlertSummary['why'], Readonly<Record<MessageLanguage, Words>>>> = {
  maintenance: {
    en: (total) => ({
      title: `The maintenance is over: ${plural(total, 'alert')} open`,
      lead: 'They fired meanwhile, were kept, and nobody has answered them.',
    }),
    zh: (total) => ({
      title: `维护已结束：${say(total)} 个告警未了结`,
      lead: '它们在维护期间触发，当时没有发送，至今无人处理。',
    }),
  },
  limit: {
    en: (total) => ({
      title: `${plural(total, 'more message')} ${total === 1 ? 'was' : 'were'} held back`,
      lead: 'More came than `alerts.limit` lets through in an hour. All alerts are in Libra.',
    }),
    zh: (total) => ({
      title: `另有 ${say(total)} 条消息被合并`,
      lead: '消息数量超过了 `alerts.limit` 每小时的上限，全部告警可在 Libra 中查看。',
    }),
  },
};

function say(count: number): string {
  return count.toLocaleString('en-US');
}

function plural(count: number, one: string): string {
  return `${say(count)} ${one}${count === 1 ? '' : 's'}`;
}
