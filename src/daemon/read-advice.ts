/** What is worth doing about a run now: the advice of its open alerts, where its curves are going, and what to trust less. */
import type { Advice } from '../domain/alert.ts';
import { isProbe, nameOf, WHOLE } from '../domain/capability.ts';
import { findingsOf, type KeptHealth, type SetFinding } from '../domain/set-health.ts';
import type { Store } from '../store/open-store.ts';
import { benchmarkHealth, type HealthFinding } from '../trend/benchmark-health.ts';
import { type Forecast, forecastCurve, isPlateau } from '../trend/forecast.ts';
import { learnJitter } from '../trend/jitter.ts';
import type { MeasuredSeries } from '../trend/measured-series.ts';
import { memorisedHint } from '../trend/memorised.ts';
import { readHistory } from '../trend/read-history.ts';
import { unstableSeries } from '../trend/unstable.ts';
import type { Said } from '../trend/verdict-words.ts';
import { findRun } from './find-run.ts';
import { factsOfRun } from './imported-facts.ts';
import { readTrend, type TrendSeriesReply } from './read-trend.ts';

export interface AlertAdvice {
  readonly alert: string;
  readonly title: string;
  readonly advice: Advice;
}

export interface CurveForecast {
  readonly capability: string;
  readonly name: Said;
  /** Last step of the run. */
  readonly step: number;
  readonly forecast: Forecast;
  /** What is left of the run buys less than is worth telling. */
  readonly isPlateau: boolean;
}

/** Something to know before trusting a number. */
export interface Caution {
  readonly kind: 'unstable' | 'memorised' | 'benchmark';
  readonly capability: string | null;
  readonly task: string | null;
  readonly said: Said;
}

export interface RunAdvice {
  readonly run: string;
  readonly step: number | null;
  readonly alerts: readonly AlertAdvice[];
  /** Empty while nobody knows how long the run is. */
  readonly forecasts: readonly CurveForecast[];
  readonly cautions: readonly Caution[];
}

const LOOK_BACK = 20;
/** Half a point: less is not worth training for. */
const WORTH = 0.005;

/** @throws LIBRA_RUN_UNKNOWN */
export function readAdvice(store: Store, runName: string): RunAdvice {
  const { id, maxSteps } = findRun(store, runName);
  const newest = store.checkpoints.newestEvaluated(id);
  const open = store.alerts.open(id).filter(({ state }) => state !== 'pending');
  return {
    run: id,
    step: newest?.step ?? null,
    alerts: open.flatMap((alert) => alert.advice.map((advice) => ({ alert: alert.id, title: alert.title, advice }))),
    forecasts: maxSteps === null || newest === null || newest.step >= maxSteps ? [] : forecasts(store, id, maxSteps),
    cautions: newest === null ? [] : cautions(store, newest),
  };
}

function forecasts(store: Store, run: string, maxSteps: number): CurveForecast[] {
  return readTrend(store, run, {}).series.flatMap((series): CurveForecast[] => {
    const { capability, name } = series;
    if (capability === null || isProbe(capability) || series.unit !== 'proportion') return [];
    const points = pointsOf(series);
    const forecast = forecastCurve(points, maxSteps);
    if (forecast.kind !== 'forecast') return [];
    return [
      { capability, name, step: maxSteps, forecast, isPlateau: isPlateau(forecast, series.higher_is_better, WORTH) },
    ];
  });
}

/** Those of the newest segment. */
function pointsOf({ points }: TrendSeriesReply): { x: number; value: number }[] {
  const segment = points.at(-1)?.segment;
  return points.flatMap(({ step, value, segment: own }) =>
    value === null || own !== segment ? [] : [{ x: step, value }],
  );
}

function cautions(store: Store, newest: Parameters<typeof factsOfRun>[1]): Caution[] {
  const { summaries } = factsOfRun(store, newest, {});
  const frame = store.scores.recentOutcomes(newest.run, { upToStep: newest.step, limit: LOOK_BACK });
  const { series } = readHistory(frame, summaries);
  const gold = readHistory(
    frame,
    summaries.map((task) => ({ name: task.name, capabilities: [], primaryMetric: GOLD })),
  ).series;
  const tasks = series.filter(({ level }) => level === 'task');
  const kept = store.provenance.ofCheckpoint(newest.id);
  const sets = new Map(kept.flatMap(({ task, health }) => (health === undefined ? [] : [[task, health] as const])));
  return [
    ...unstableSeries(learnJitter(series, (one) => one.positions))
      .filter((one) => one.series.level === 'leaf')
      .map((one) => unstable(one.series, one.ratio)),
    ...tasks.flatMap((one) => memorised(one, gold)),
    ...tasks.flatMap((one) => unhealthy(one, sets.get(one.key.task!))),
  ];
}

const GOLD = 'gold_bits_per_byte';

function unstable({ key }: MeasuredSeries, ratio: number): Caution {
  const name = nameOf(key.capability ?? WHOLE);
  const times = ratio.toFixed(1);
  return {
    kind: 'unstable',
    capability: key.capability,
    task: null,
    said: {
      en: `${name.en} jitters ${times} times as much as its like from checkpoint to checkpoint: single checkpoints of it say little; a smaller learning rate would calm it if it were the training.`,
      zh: `${name.zh} 在检查点之间的抖动是同类的 ${times} 倍：单个检查点说明不了什么；若是训练所致，调低学习率会使其平稳。`,
    },
  };
}

function memorised(score: MeasuredSeries, gold: readonly MeasuredSeries[]): Caution[] {
  const own = gold.find(({ key }) => key.task === score.key.task);
  const hint = own && score.noise.kind === 'proportion' ? memorisedHint(score, own) : null;
  if (!own || hint === null) return [];
  const points = (100 * hint.rise).toFixed(1);
  return [
    {
      kind: 'memorised',
      capability: null,
      task: score.key.task,
      said: {
        en: `${score.key.task} rose by ${points} points while its own right answers became no likelier: its form was learned, or its docs were seen. Look for them in the data.`,
        zh: `${score.key.task} 上升了 ${points} 个百分点，而其正确答案的似然并未提高：学到的可能只是形式，或者训练数据中含有这些题。请在数据中查找。`,
      },
    },
  ];
}

const FINDINGS: Readonly<Record<HealthFinding, (docs: number, changing: number) => Said>> = {
  'at floor': () => ({ en: 'its score is no better than guessing', zh: '得分不高于随机猜测' }),
  'at ceiling': () => ({ en: 'nearly all of it is right', zh: '几乎全部答对' }),
  'docs that never change': (_, changing) => ({
    en: `only ${Math.round(100 * changing)} % of its docs ever changed over the newest checkpoints`,
    zh: `最近的检查点之间只有 ${Math.round(100 * changing)} % 的题有过变化`,
  }),
};

const SET_FINDINGS: Readonly<Record<SetFinding, (health: KeptHealth) => Said>> = {
  'skewed answers': ({ commonestPlace, choices }) => ({
    en: `${Math.round(100 * commonestPlace!)} % of its right answers stand at one and the same place among ${choices!.toFixed(1)} choices`,
    zh: `${Math.round(100 * commonestPlace!)} % 的正确答案都在同一个选项位置（平均 ${choices!.toFixed(1)} 个选项）`,
  }),
  'near copies': ({ copies, docs }) => ({
    en: `${copies} of its ${docs} docs are near copies of another one`,
    zh: `${docs} 题中有 ${copies} 题与另一题几乎相同`,
  }),
  'few docs': ({ docs }) => ({ en: `it has only ${docs} docs`, zh: `只有 ${docs} 题` }),
};

function unhealthy({ key, panels }: MeasuredSeries, set: KeptHealth | undefined): Caution[] {
  const health = benchmarkHealth(panels[0]!, set?.chance);
  const said = [
    ...(health?.findings ?? []).map((finding) => FINDINGS[finding](health!.docs, health!.changing)),
    ...(set === undefined ? [] : findingsOf(set).map((finding) => SET_FINDINGS[finding](set))),
  ];
  if (said.length === 0) return [];
  return [
    {
      kind: 'benchmark',
      capability: null,
      task: key.task,
      said: {
        en: `${key.task} says little of this run: ${said.map(({ en }) => en).join('; ')}.`,
        zh: `${key.task} 对这次训练说明不了多少：${said.map(({ zh }) => zh).join('；')}。`,
      },
    },
  ];
}
