/** What verdicts say in words, in both languages: each is a whole sentence, or a clause where its name says so. */
import type { FormatLoss } from '../domain/alert.ts';
import type { SayableEvidence } from './evidence-needed.ts';
import { sayDifference, sayInterval, sayValue } from './sentence.ts';

/** One text for readers of English and of Chinese. */
export interface Said {
  readonly en: string;
  readonly zh: string;
}

const plural = (count: number, one: string) => `${count.toLocaleString('en-US')} ${one}${count === 1 ? '' : 's'}`;
const many = (count: number) => count.toLocaleString('en-US');

export const SAID = {
  notMeasured: { en: 'Not measured at this checkpoint.', zh: '该检查点未测此项。' },
  isBack: { en: 'Back at the level before the alert.', zh: '已回到告警之前的水平。' },
  mustRepeat: {
    en: 'The run is young: a second checkpoint has to confirm it.',
    zh: '训练刚开始不久：需要下一个检查点再次确认。',
  },
  stillBelow: { en: 'Still below the level before the alert.', zh: '仍低于告警之前的水平。' },
  atChance: { en: 'At chance level: it cannot fall further.', zh: '本来就在随机水平，不可能再下降。' },
  belowForecast: { en: 'Below what its recent rise forecast.', zh: '低于近期上升趋势所预测的水平。' },
  notEnough: { en: 'Not enough evidence yet.', zh: '证据尚不足。' },
  noError: {
    en: 'No verdict: neither its docs nor its standard error are known.',
    zh: '无法判断：既不知道逐题结果，也不知道标准误。',
  },
  unpaired: { en: ', unpaired: single docs are not known', zh: '，未配对：不知道逐题结果' },
} as const satisfies Record<string, Said>;

export const say = {
  tooFewDocs: (n: number, wanted: number): Said => ({
    en: `Only ${plural(n, 'doc')}: too few to tell; at least ${many(wanted - n)} more are needed.`,
    zh: `只有 ${many(n)} 题，太少，无法判断；至少还需 ${many(wanted - n)} 题。`,
  }),
  tooFewCheckpoints: (missing: number, isNewSet: boolean): Said => ({
    en: `${isNewSet ? 'First checkpoint with this set of tasks; needs' : 'Not enough evidence yet: needs'} ${plural(missing, 'more checkpoint')}.`,
    zh: `${isNewSet ? '这组任务第一次出现；' : '证据尚不足：'}还需要 ${missing} 个检查点。`,
  }),
  otherEngine: (before: string, now: string, missing: number): Said => ({
    en: `The engine changed (${before} -> ${now}): scores of the two are not compared. Needs ${plural(missing, 'more checkpoint')}.`,
    zh: `推理引擎变了（${before} -> ${now}）：两者的分数不作比较，还需要 ${missing} 个检查点。`,
  }),
  withoutAnswer: (failed: number, of: number): Said => ({
    en: `No verdict: ${many(failed)} of ${plural(of, 'doc')} without an answer.`,
    zh: `无法判断：${many(of)} 题中有 ${many(failed)} 题没有答案。`,
  }),
  noDocs: (): Said => ({ en: 'No verdict: no docs.', zh: '无法判断：没有题目。' }),
  gap: (task: string, what: Said): Said => ({
    en: `A gap: task ${task} ${what.en}.`,
    zh: `缺口：任务 ${task} ${what.zh}。`,
  }),
  formLost: ({ unparsedBefore, unparsedAfter, difference, ci95, n }: FormatLoss): Said => ({
    en:
      `It is the form of the answers: ${sayValue(unparsedBefore, 'proportion')} -> ${sayValue(unparsedAfter, 'proportion')} could not be parsed, ` +
      `and the ${plural(n, 'doc')} that parsed before and after moved by ${sayDifference(difference, 'proportion')} ${sayInterval(ci95, 'proportion')}.`,
    zh:
      `是作答格式的问题：无法解析的答案由 ${sayValue(unparsedBefore, 'proportion')} 升至 ${sayValue(unparsedAfter, 'proportion')}，` +
      `而前后都能解析的 ${many(n)} 题变化 ${sayDifference(difference, 'proportion', 'zh')} ${sayInterval(ci95, 'proportion')}。`,
  }),
  needed: ({ docs, checkpoints }: SayableEvidence): Said => {
    const ways = {
      en: [
        ...(docs === null ? [] : [`about ${plural(docs, 'more doc')}`]),
        ...(checkpoints === null ? [] : [`${plural(checkpoints, 'more checkpoint')} like this one`]),
      ],
      zh: [
        ...(docs === null ? [] : [`再答约 ${many(docs)} 题`]),
        ...(checkpoints === null ? [] : [`再有 ${checkpoints} 个这样的检查点`]),
      ],
    };
    if (ways.en.length === 0)
      return {
        en: 'Not enough evidence yet, and a change this small is not told apart from the jitter between checkpoints.',
        zh: '证据尚不足；这么小的变化与检查点之间的抖动分不开。',
      };
    const only =
      docs === null
        ? {
            en: ' (more docs would not help: it jitters from checkpoint to checkpoint)',
            zh: '（加题无济于事：它在检查点之间本来就有抖动）',
          }
        : { en: '', zh: '' };
    return {
      en: `Not enough evidence yet: would need ${ways.en.join(' or ')}${only.en}.`,
      zh: `证据尚不足：需要${ways.zh.join('，或')}${only.zh}。`,
    };
  },
} as const;

/** What a task of a node lacks, as the clause of `say.gap`. */
export const LACKS = {
  measurement: { en: 'was not measured at this checkpoint', zh: '在该检查点未测' },
  error: { en: 'has neither its docs nor an error', zh: '既无逐题结果也无误差' },
  docs: { en: 'has no docs', zh: '没有题目' },
  answers: (failed: number, of: number): Said => ({
    en: `has ${many(failed)} of ${plural(of, 'doc')} without an answer`,
    zh: `的 ${many(of)} 题中有 ${many(failed)} 题没有答案`,
  }),
} as const;
