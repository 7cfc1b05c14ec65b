/** The digest: what became of every run in a stretch of time, in one message. Pure. */
import type { VerdictKind } from '../domain/trend.ts';
import type { MessageLanguage } from './alert-words.ts';
import { cleanLine } from './clean-text.ts';
import type { Message, MessageText } from './message.ts';
import { sayStep } from './say.ts';

/** A run in that stretch. */
export interface DigestRun {
  readonly name: string;
  readonly state: 'active' | 'stalled' | 'finished';
  /** Newest evaluated step; null before there is one. */
  readonly step: number | null;
  /** Checkpoints evaluated in the stretch. */
  readonly evaluated: number;
  /** Alerts that opened and that ended in it, and titles of those that are open now. */
  readonly fired: number;
  readonly resolved: number;
  readonly open: readonly string[];
  /** Capabilities, as their names are in both languages, that stand better and worse at the newest checkpoint. */
  readonly better: readonly { readonly en: string; readonly zh: string }[];
  readonly worse: readonly { readonly en: string; readonly zh: string }[];
  /** Capabilities whose verdict at the newest checkpoint is not the one they had when the stretch began. */
  readonly changed: readonly {
    readonly name: { readonly en: string; readonly zh: string };
    readonly from: VerdictKind;
    readonly to: VerdictKind;
  }[];
}

export interface DigestFacts {
  /** Days it speaks of. */
  readonly days: number;
  /** Those in which something happened. */
  readonly runs: readonly DigestRun[];
  /** Runs in which nothing did. */
  readonly quiet: number;
}

export interface DigestOptions {
  readonly language: MessageLanguage | 'both';
  /** The same for every digest: channels that thread keep them together. */
  readonly thread: string;
  readonly link: string | null;
}

export function digestOf(facts: DigestFacts, { language, thread, link }: DigestOptions): Message {
  const languages: readonly MessageLanguage[] = language === 'both' ? ['en', 'zh'] : [language];
  return {
    severity: 'info',
    isResolved: false,
    thread,
    run: '',
    texts: languages.map((one) => textOf(facts, one)),
    link,
  };
}

const STATES = {
  en: { active: 'training', stalled: 'stalled', finished: 'finished' },
  zh: { active: '训练中', stalled: '已停滞', finished: '已结束' },
} as const;

const KINDS: Readonly<Record<MessageLanguage, Readonly<Record<VerdictKind, string>>>> = {
  en: { better: 'better', same: 'same', suspected: 'suspected', worse: 'worse', unknown: 'unknown' },
  zh: { better: '变好', same: '持平', suspected: '疑似变差', worse: '变差', unknown: '无法判定' },
};

function textOf({ days, runs, quiet }: DigestFacts, language: MessageLanguage): MessageText {
  const evaluated = runs.reduce((sum, run) => sum + run.evaluated, 0);
  const open = runs.reduce((sum, run) => sum + run.open.length, 0);
  const zh = language === 'zh';
  const rest = quiet === 0 ? '' : zh ? `另有 ${quiet} 个训练没有动静。` : ` Nothing happened in ${quiet} more.`;
  return {
    language,
    title: zh
      ? `最近 ${days} 天：评测了 ${evaluated} 个检查点，${open} 个告警未了结`
      : `The last ${days} days: ${count(evaluated, 'checkpoint')} evaluated, ${count(open, 'alert')} open`,
    lead: (zh ? `共有 ${runs.length} 个训练有动静。` : `${count(runs.length, 'run')} moved.`) + rest,
    sections: runs.map((run) => ({ heading: cleanLine(run.name, 80), lines: linesOf(run, language) })),
    linkText: zh ? '打开 Libra' : 'Open Libra',
  };
}

function linesOf(run: DigestRun, language: MessageLanguage): string[] {
  const zh = language === 'zh';
  const step = run.step === null ? '' : zh ? `，到第 ${sayStep(run.step)} 步` : `, at step ${sayStep(run.step)}`;
  const names = (all: readonly { readonly en: string; readonly zh: string }[]) =>
    all.map((one) => cleanLine(one[language], 60)).join(zh ? '、' : ', ');
  return [
    zh
      ? `${STATES.zh[run.state]}${step}；评测了 ${run.evaluated} 个检查点`
      : `${STATES.en[run.state]}${step}; ${count(run.evaluated, 'checkpoint')} evaluated`,
    ...(run.fired + run.resolved === 0
      ? []
      : [
          zh
            ? `新告警 ${run.fired} 个，恢复 ${run.resolved} 个`
            : `${count(run.fired, 'alert')} fired, ${run.resolved} resolved`,
        ]),
    ...run.open.map((title) => (zh ? `未了结：${cleanLine(title, 160)}` : `Open: ${cleanLine(title, 160)}`)),
    ...(run.worse.length === 0 ? [] : [zh ? `变差：${names(run.worse)}` : `Worse: ${names(run.worse)}`]),
    ...(run.better.length === 0 ? [] : [zh ? `变好：${names(run.better)}` : `Better: ${names(run.better)}`]),
    ...run.changed.map(({ name, from, to }) => {
      const what = `${cleanLine(name[language], 60)}: ${KINDS[language][from]} -> ${KINDS[language][to]}`;
      return zh ? `判定有变：${what}` : `Verdict changed: ${what}`;
    }),
  ];
}

function count(number: number, one: string): string {
  return `${number.toLocaleString('en-US')} ${one}${number === 1 ? '' : 's'}`;
}
