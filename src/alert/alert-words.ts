/** The words of an alert in English and Chinese: right, short and complete enough to act on at night. */
import type { Alert, AlertMember, CostToWait, FlippedExample, TelemetryAround } from '../domain/alert.ts';
import { nameOf } from '../domain/capability.ts';
import { drawSparkline } from '../system/sparkline.ts';
import { cleanLine } from './clean-text.ts';
import type { FlappingNote } from './flapping.ts';
import { isFormatLost } from './format-lost.ts';
import type { MessageOptions, MessageSection, MessageText } from './message.ts';
import type { Reminder } from './remind.ts';
import { sayDuration } from './run-alerts.ts';
import { sayChange, sayMix, sayNumber, sayRange, sayScore, sayStep, sayTokens } from './say.ts';

export type MessageLanguage = 'en' | 'zh';

const MOST_MEMBERS = 8;

export function alertWords(
  alert: Alert,
  run: string,
  language: MessageLanguage,
  { reminder, flapping }: Pick<MessageOptions, 'reminder' | 'flapping'> = {},
): Omit<MessageText, 'language'> {
  const words = language === 'zh' ? ZH : EN;
  const isRegression = alert.kind === 'regression';
  const sections: MessageSection[] = [];
  const add = (heading: string, lines: readonly string[]) => {
    if (lines.length) sections.push({ heading, lines });
  };
  if (isRegression) add(alert.state === 'resolved' ? words.hadFallen : words.fell, memberLines(alert, words));
  if (alert.state !== 'resolved') {
    add(
      words.flipped,
      alert.examples.map((example) => exampleLine(example, words)),
    );
    if (isRegression) add(words.training, trainingLines(alert.telemetry, words));
    add(words.tryThis, adviceLines(alert, words, language));
    if (alert.lastGoodCheckpoint) add(words.lastGood, [lastGoodLine(alert, words)]);
    if (alert.costToWait) add(words.waiting, [waitingLine(alert.costToWait, words)]);
  }
  return {
    title: titleOf(alert, run, words),
    lead: `${reminder ? reminderOf(reminder, words) : ''}${flapping ? flappingOf(flapping, words) : ''}${leadOf(alert, words)}`,
    sections,
    linkText: words.link,
  };
}

function titleOf(alert: Alert, run: string, words: typeof EN): string {
  const regressed = isFormatLost(alert.members) ? words.formLost : words.regressed;
  const what = alert.kind === 'regression' ? regressed(memberNames(alert, words)) : words.kinds[alert.kind];
  return cleanLine(`${run}: ${what}${alert.step === null ? '' : words.atStep(sayStep(alert.step))}`, 160);
}

function leadOf(alert: Alert, words: typeof EN): string {
  const step = alert.resolvedAtStep === null ? '' : sayStep(alert.resolvedAtStep);
  if (alert.state === 'resolved') return alert.kind === 'regression' ? words.recovered(step) : words.over(step);
  if (alert.kind !== 'regression')
    return cleanLine((words.id === 'zh' ? alert.summaryZh : undefined) ?? alert.summary, 600);
  const ends = alert.members.map((member) => member.changeBetween[1]);
  return words.began(sayStep(alert.sinceStep ?? 0), sayStep(Math.max(...ends)));
}

function reminderOf({ nth, of, unansweredMs }: Reminder, words: typeof EN): string {
  const after = sayDuration(unansweredMs, words.id);
  return nth === 0 ? words.escalated(after) : words.reminder(nth, of, after);
}

function flappingOf(note: FlappingNote, words: typeof EN): string {
  return note.kind === 'calm' ? words.calm : words.flapping(note.times, sayDuration(note.withinMs, words.id));
}

function memberNames(alert: Alert, words: typeof EN): string[] {
  return alert.members.map((member) => cleanLine(nameOf(member.capability)[words.id], 60));
}

function memberLines(alert: Alert, words: typeof EN): string[] {
  const shown = alert.members.slice(0, MOST_MEMBERS).map((member) => memberLine(member, words));
  const more = alert.members.length - shown.length;
  return more > 0 ? [...shown, words.more(more)] : shown;
}

function memberLine(member: AlertMember, words: typeof EN): string {
  const { metric, referenceSteps: steps } = member;
  const numbers = `${sayScore(member.from, metric)} -> ${sayScore(member.to, metric)}`;
  const unit = metric === 'score' ? '' : ` ${metric}`;
  const change = `${sayChange(member.difference, metric, words.points)} ${sayRange(member.ci95, metric)}`;
  const tasks = cleanLine(member.tasks.slice(0, 3).join(', ') + (member.tasks.length > 3 ? ', …' : ''), 120);
  const name = cleanLine(nameOf(member.capability)[words.id], 60);
  const back = member.resolvedAtStep == null ? '' : words.back(sayStep(member.resolvedAtStep));
  return (
    words.member(
      name,
      `${numbers}${unit}`,
      change,
      member.n,
      sayStep(steps[0] ?? 0),
      sayStep(steps.at(-1) ?? 0),
      tasks,
    ) +
    formLine(member, words) +
    back
  );
}

function formLine({ format }: AlertMember, words: typeof EN): string {
  if (!format) return '';
  const share = `${sayScore(format.unparsedBefore, 'score')} -> ${sayScore(format.unparsedAfter, 'score')}`;
  return words.unparsed(
    share,
    `${sayChange(format.difference, 'score', words.points)} ${sayRange(format.ci95, 'score')}`,
  );
}

function exampleLine(example: FlippedExample, words: typeof EN): string {
  const name = cleanLine(`${example.task} ${example.docId}`, 80);
  if (!example.question && !example.before && !example.after) return name;
  const say = (text: string) => cleanLine(text, 90) || words.nothing;
  return words.example(
    name,
    cleanLine(example.question, 160),
    say(example.expected),
    say(example.before),
    say(example.after),
  );
}

function trainingLines(telemetry: TelemetryAround | null, words: typeof EN): string[] {
  if (!telemetry) return [words.noTelemetry];
  const { spikes } = telemetry;
  const line = (
    name: string,
    [before, after, spike]: readonly [number | null, number | null, number | null],
    curve: readonly number[] = [],
  ) =>
    before === null && after === null
      ? []
      : [
          `${name} ${sayNumber(before)} -> ${sayNumber(after)}${spike === null ? '' : words.spike(sayStep(spike))}${drawn(curve)}`,
        ];
  const numbers = [
    ...line(words.loss, [telemetry.lossBefore, telemetry.lossAfter, spikes.loss], telemetry.curves?.loss),
    ...line(
      words.rate,
      [telemetry.learningRateBefore, telemetry.learningRateAfter, spikes.learningRate],
      telemetry.curves?.learningRate,
    ),
    ...line(
      words.gradNorm,
      [telemetry.gradNormBefore, telemetry.gradNormAfter, spikes.gradNorm],
      telemetry.curves?.gradNorm,
    ),
  ];
  const { dataMixBefore: before, dataMixAfter: after, dataMixChangedAt: at } = telemetry;
  if (before && after && at !== null)
    numbers.push(cleanLine(words.mix(sayMix(before), sayMix(after), sayStep(at)), 240));
  else if (before && after) numbers.push(words.sameMix);
  return numbers;
}

/** Fewer values than this make no picture. */
const FEWEST_DRAWN = 6;

function drawn(curve: readonly number[]): string {
  const isFlat = curve.every((value) => value === curve[0]);
  return curve.length < FEWEST_DRAWN || isFlat ? '' : ` ${drawSparkline(curve, curve.length)}`;
}

function adviceLines(alert: Alert, words: typeof EN, language: MessageLanguage): string[] {
  if (alert.kind === 'regression' && alert.advice.length === 0) return [words.noAdvice];
  return alert.advice.map((advice) => {
    const { action, why, against } = (language === 'zh' ? advice.zh : undefined) ?? advice;
    return cleanLine(words.advice(words.confidence[advice.confidence], action, why, against), 900);
  });
}

function lastGoodLine(alert: Alert, words: typeof EN): string {
  const path = cleanLine(alert.lastGoodCheckpoint ?? '', 300);
  return alert.sinceStep === null ? path : words.atPath(sayStep(alert.sinceStep), path);
}

function waitingLine({ sinceSteps, perCheckpoint: { steps, ms, tokens } }: CostToWait, words: typeof EN): string {
  const duration = (part: number) => (ms === null ? null : sayDuration(ms * part, words.id));
  const amount = tokens === null ? null : sayTokens(tokens, words.id);
  return words.cost(sayStep(sinceSteps), duration(sinceSteps / steps), sayStep(steps), duration(1), amount);
}

/** At most three of them, and a word for more. */
function firstOf(names: readonly string[], comma: string, more: string): string {
  return `${names.slice(0, 3).join(comma)}${names.length > 3 ? more : ''}`;
}

const EN = {
  id: 'en' as 'en' | 'zh',
  regressed: (names: readonly string[]) =>
    names.length === 1
      ? `${names[0]} regressed`
      : `${names.length} capabilities regressed (${firstOf(names, ', ', ', …')})`,
  formLost: (names: readonly string[]) =>
    names.length === 1
      ? `answers of ${names[0]} no longer parse`
      : `answers of ${names.length} capabilities no longer parse (${firstOf(names, ', ', ', …')})`,
  kinds: {
    regression: '',
    'non-finite-loss': 'loss or gradient norm is not finite',
    'telemetry-spike': 'loss or gradient norm spiked',
    stalled: 'no new checkpoint',
    'evaluation-failing': 'evaluation failed',
    'falling-behind': 'evaluation falls behind training',
    'checkpoint-vanished': 'checkpoint vanished before it was evaluated',
  } as Record<Alert['kind'], string>,
  atStep: (step: string) => `, step ${step}`,
  reminder: (nth: number, of: number, after: string) => `Nobody has answered for ${after} (reminder ${nth} of ${of}). `,
  flapping: (times: number, within: string) =>
    `It came and went ${times} times within ${within}: no more is said of it until it is calm. `,
  calm: 'It came and went before and is calm now. ',
  escalated: (after: string) => `Nobody has answered for ${after}, so you are told too. `,
  began: (from: string, to: string) => `The drop began after step ${from}, at the latest by step ${to}.`,
  recovered: (step: string) =>
    `Back at the level before the drop${step ? ` at step ${step}` : ''}; nothing more to do.`,
  over: (step: string) => `Over${step ? ` since step ${step}` : ''}.`,
  fell: 'What fell',
  hadFallen: 'What had fallen',
  points: ' points',
  member: (name: string, numbers: string, change: string, n: number, from: string, to: string, tasks: string) =>
    `${name}: ${numbers} (${change}, 95 % interval, ${n} docs) against steps ${from} to ${to}; ${tasks}`,
  unparsed: (share: string, rest: string) => `; unparsed answers ${share}, where both parse ${rest}`,
  back: (step: string) => `; back since step ${step}`,
  more: (count: number) => `and ${count} more`,
  flipped: 'Right before, wrong now',
  example: (name: string, question: string, expected: string, before: string, after: string) =>
    `${name}: "${question}" expected "${expected}"; before "${before}", now "${after}"`,
  nothing: '(nothing)',
  training: 'Training around it',
  loss: 'loss',
  rate: 'learning rate',
  gradNorm: 'gradient norm',
  spike: (step: string) => ` (spike at step ${step})`,
  mix: (before: string, after: string, at: string) => `data mix changed by step ${at}: ${before} -> ${after}`,
  sameMix: 'data mix unchanged',
  noTelemetry: 'The run logs no loss or learning rate that Libra can read.',
  tryThis: 'What to try',
  noAdvice:
    'Nothing in the telemetry explains it: look at the data and code that changed since the last good checkpoint.',
  advice: (confidence: string, action: string, why: string, against: string) =>
    `${action} (${confidence}) Why: ${why} But: ${against}`,
  confidence: { high: 'high confidence', medium: 'medium confidence', low: 'low confidence' },
  lastGood: 'Last good checkpoint',
  atPath: (step: string, path: string) => `step ${step}: ${path}`,
  waiting: 'What it costs to wait',
  cost: (since: string, time: string | null, steps: string, each: string | null, tokens: string | null) =>
    `${since} steps${time === null ? '' : ` (about ${time} of training)`} since the drop began; every further checkpoint adds ${steps} steps` +
    `${each === null ? '' : `, about ${each}`}${tokens === null ? '' : `, ${tokens} tokens`}.`,
  link: 'Open in Libra',
};

/** Quotes inside quotes are single ones. */
const within = (text: string): string => text.replaceAll('“', '‘').replaceAll('”', '’');

const ZH: typeof EN = {
  id: 'zh',
  regressed: (names) =>
    names.length === 1 ? `${names[0]}能力下降` : `${names.length} 项能力下降（${firstOf(names, '、', '等')}）`,
  formLost: (names) =>
    names.length === 1
      ? `${names[0]}的答案不再能解析`
      : `${names.length} 项能力的答案不再能解析（${firstOf(names, '、', '等')}）`,
  kinds: {
    regression: '',
    'non-finite-loss': '损失或梯度范数不是有限值',
    'telemetry-spike': '损失或梯度范数出现尖峰',
    stalled: '长时间没有新检查点',
    'evaluation-failing': '评测失败',
    'falling-behind': '评测落后于训练',
    'checkpoint-vanished': '检查点在评测前消失',
  },
  atStep: (step) => `，第 ${step} 步`,
  reminder: (nth, of, after) => `已有 ${after}无人响应（第 ${nth} 次提醒，共 ${of} 次）。`,
  flapping: (times, within) => `${within}内反复出现 ${times} 次：平静之前不再通知。`,
  calm: '此前反复出现，现已平静。',
  escalated: (after) => `已有 ${after}无人响应，故同时通知您。`,
  began: (from, to) => `下降始于第 ${from} 步之后，最迟不晚于第 ${to} 步。`,
  recovered: (step) => `${step ? `第 ${step} 步` : '现在'}已恢复到下降前的水平，无需再处理。`,
  over: (step) => `已结束${step ? `（自第 ${step} 步起）` : ''}。`,
  fell: '下降的能力',
  hadFallen: '曾经下降的能力',
  points: ' 个百分点',
  member: (name, numbers, change, n, from, to, tasks) =>
    `${name}：${numbers}（${change}，95 % 区间，${n} 题），对照第 ${from} 至 ${to} 步；${tasks}`,
  unparsed: (share, rest) => `；无法解析的答案 ${share}，前后都能解析的题 ${rest}`,
  back: (step) => `；第 ${step} 步起已恢复`,
  more: (count) => `另有 ${count} 项`,
  flipped: '原来答对、现在答错',
  example: (name, question, expected, before, after) =>
    `${name}：“${within(question)}”应为“${within(expected)}”；之前“${within(before)}”，现在“${within(after)}”`,
  nothing: '（空）',
  training: '当时的训练情况',
  loss: '损失',
  rate: '学习率',
  gradNorm: '梯度范数',
  spike: (step) => `（第 ${step} 步尖峰）`,
  mix: (before, after, at) => `数据配比在第 ${at} 步前改变：${before} -> ${after}`,
  sameMix: '数据配比未变',
  noTelemetry: '该训练没有 Libra 能读取的损失或学习率记录。',
  tryThis: '建议尝试',
  noAdvice: '训练日志中没有能解释它的变化：请检查最后一个正常检查点之后改动过的数据和代码。',
  advice: (confidence, action, why, against) => `${action}（${confidence}）依据：${why}但是：${against}`,
  confidence: { high: '把握较大', medium: '把握中等', low: '把握较小' },
  lastGood: '最后一个正常的检查点',
  atPath: (step, path) => `第 ${step} 步：${path}`,
  waiting: '等待的代价',
  cost: (since, time, steps, each, tokens) =>
    `下降开始以来已训练 ${since} 步${time === null ? '' : `（约 ${time}）`}；每多等一个检查点，再训练 ${steps} 步` +
    `${each === null ? '' : `，约 ${each}`}${tokens === null ? '' : `，${tokens}词元`}。`,
  link: '在 Libra 中查看',
};
