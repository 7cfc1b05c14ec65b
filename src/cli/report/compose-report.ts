/** From the facts of a run to the report in one language. Pure: the same facts give the same report. */

import type { SampleLimit } from '../../alert/limit-samples.ts';
import { messageOf } from '../../alert/message.ts';
import { sayMix, sayNumber, sayStep } from '../../alert/say.ts';
import type { ReportAlert, ReportFacts } from '../../daemon/read-report.ts';
import type { TrendSeriesReply } from '../../daemon/read-trend.ts';
import { isProbe, isWithin } from '../../domain/capability.ts';
import type { VerdictKind } from '../../domain/trend.ts';
import { changeBlocks } from './report-changes.ts';
import type { ReportBlock, ReportChart, ReportDocument, ReportMark, Tone } from './report-document.ts';
import { lastOf, sayPoint, sayShort, sayTime, TONES, titleOf } from './report-figures.ts';
import { limitLines } from './report-limits.ts';
import { provenanceBlocks, taskBlocks, verdictBlocks } from './report-tables.ts';
import { REPORT_WORDS, type ReportWords } from './report-words.ts';

export interface ComposeOptions {
  readonly language: 'en' | 'zh';
  /** How much of docs may be shown: what is sent round is no private screen. */
  readonly samples: SampleLimit;
  /** Epoch milliseconds. */
  readonly now: number;
  readonly version: string;
}

/** More charts than these help nobody. */
const MOST_CHARTS = 60;

export function composeReport(facts: ReportFacts, options: ComposeOptions): ReportDocument {
  const words = REPORT_WORDS[options.language];
  const blocks: ReportBlock[] = [
    { kind: 'heading', text: words.summary },
    { kind: 'list', items: summaryLines(facts, words) },
    { kind: 'heading', text: words.facts },
    { kind: 'facts', rows: factRows(facts, words) },
    ...trendBlocks(facts, words),
    ...verdictBlocks(facts, words),
    { kind: 'heading', text: words.alerts },
    ...(facts.alerts.length === 0 ? [{ kind: 'paragraph' as const, text: words.noAlerts }] : []),
    ...facts.alerts.map((alert) => alertBlock(alert, facts, options)),
    ...telemetryBlocks(facts, words),
    ...changeBlocks(facts, words),
    { kind: 'heading', text: words.advice },
    { kind: 'list', items: adviceLines(facts, options) },
    ...taskBlocks(facts, words),
    ...provenanceBlocks(facts, words),
    { kind: 'heading', text: words.limits },
    { kind: 'list', items: limitLines(facts, words, options.samples) },
  ];
  return {
    language: options.language,
    title: words.title(facts.run.name),
    byline: words.byline(sayTime(options.now), options.version),
    blocks,
  };
}

const OPEN: readonly ReportAlert['state'][] = ['firing', 'acknowledged', 'silenced'];
const isOpen = (alert: ReportAlert): boolean => OPEN.includes(alert.state);

function summaryLines({ newest, alerts, verdicts, run }: ReportFacts, words: ReportWords): string[] {
  const open = alerts.filter(isOpen);
  const titles = open
    .map((alert) => messageOf(alert, { language: words.language, samples: 'none', runName: run.name }).texts[0]!.title)
    .join('; ');
  const lines = [words.openAlerts(open.length, titles)];
  if (newest === null) return [...lines, words.noCheckpoint];
  lines.push(words.newest(sayStep(newest.step), sayTime(newest.stateAt)));
  const nodes = verdicts.filter(({ series }) => series.capability !== null && !isProbe(series.capability));
  const kinds: readonly VerdictKind[] = ['worse', 'suspected', 'better', 'same', 'unknown'];
  const counts = kinds
    .map((kind) => [kind, nodes.filter((verdict) => verdict.kind === kind).length] as const)
    .filter(([, count]) => count > 0)
    .map(([kind, count]) => `${count} ${words.kinds[kind]}`);
  if (counts.length > 0) lines.push(words.counted(counts.join(', ')));
  const good = open.find((alert) => alert.lastGoodCheckpoint !== null && alert.sinceStep !== null);
  if (good) lines.push(words.goBack(sayStep(good.sinceStep!), good.lastGoodCheckpoint!));
  return lines;
}

function factRows({ run, counts, steps, newest, provenance, seconds }: ReportFacts, words: ReportWords) {
  const all = Object.values(counts).reduce((sum, count) => sum + count, 0);
  const rest = Object.entries(counts)
    .filter(([state, count]) => state !== 'evaluated' && count > 0)
    .map(([state, count]) => `${count} ${words.checkpointStates[state as keyof typeof counts]}`)
    .join(', ');
  const engines = new Set(
    provenance.map(
      ({ engine, engineVersion, dtype, device, isVerified }) =>
        `${engine} ${engineVersion}, ${dtype}, ${device}${isVerified ? '' : words.unverified}`,
    ),
  );
  const planned = run.maxSteps === null ? '' : ` / ${sayStep(run.maxSteps)}`;
  const rows: (readonly [string, string])[] = [
    [words.name, run.name === run.id ? run.id : `${run.name} (${run.id})`],
    [words.directory, run.path],
    [words.model, run.model === null ? words.modelUnknown : run.model.type],
    [words.state, words.states[run.state]],
    [words.steps, steps === null ? '-' : `${sayStep(steps[0])} - ${sayStep(steps[1])}${planned}`],
    [words.tokens, newest?.tokens == null ? words.tokensUnknown : newest.tokens.toLocaleString('en-US')],
    [words.checkpoints, words.checkpointCounts(all, counts.evaluated, rest)],
    [words.evaluationTime, words.minutes((seconds / 60).toFixed(1))],
  ];
  if (run.model?.base != null) rows.push([words.base, run.model.base]);
  if (engines.size > 0) rows.push([words.engine, [...engines].join('; ')]);
  return rows;
}

function trendBlocks(facts: ReportFacts, words: ReportWords): ReportBlock[] {
  const unlabelled = new Set(
    facts.provenance
      .filter(({ capabilities }) => capabilities.length === 0)
      .map(({ task, primaryMetric }) => `${task}\n${primaryMetric}`),
  );
  const hasNodes = facts.trend.series.some(({ capability }) => capability !== null);
  const wanted = facts.trend.series.filter(
    ({ capability, task, metric }) => capability !== null || !hasNodes || unlabelled.has(`${task}\n${metric}`),
  );
  if (wanted.length === 0) return [];
  const charted = wanted.slice(0, MOST_CHARTS);
  const rest = wanted.length - charted.length;
  return [
    { kind: 'heading', text: words.trends },
    { kind: 'charts', charts: charted.map((series) => chartOf(series, facts, words)), legend: words.legend },
    ...(rest > 0 ? [{ kind: 'paragraph' as const, text: words.notCharted(rest) }] : []),
  ];
}

function chartOf(series: TrendSeriesReply, facts: ReportFacts, words: ReportWords): ReportChart {
  const last = lastOf(series);
  const metric = series.metric === 'score' ? '' : ` (${series.metric})`;
  return {
    title: `${titleOf(series, words)}${metric}`,
    note: last === undefined ? '' : words.at(sayPoint(last, series.unit), sayStep(last.step)),
    tone: last?.verdict == null ? 'plain' : TONES[last.verdict],
    points: series.points.map(({ step, value, ci95: [low, high], segment, verdict }) => ({
      x: step,
      value,
      low,
      high,
      segment,
      tone: verdict === null ? 'plain' : TONES[verdict],
    })),
    marks: marksOf(facts, series.capability, words),
    formatValue: (value) => sayShort(value, series.unit),
    formatX: sayStep,
  };
}

/** Alerts of the run itself stand on every chart, others only where they belong. */
function marksOf(
  { alerts, mixChanges, interventions }: ReportFacts,
  capability: string | null,
  words: ReportWords,
): ReportMark[] {
  const concerns = (alert: ReportAlert): boolean =>
    alert.members.length === 0 ||
    (capability !== null && alert.members.some((member) => isWithin(member.capability, capability)));
  return [
    ...mixChanges.map(
      ({ step, before, after }): ReportMark => ({
        x: step,
        kind: 'change',
        text: words.mixChange(sayStep(step), sayMix(before), sayMix(after)),
      }),
    ),
    ...interventions.map(
      ({ step, note, by }): ReportMark => ({
        x: step,
        kind: 'change',
        text: words.intervention(sayStep(step), note, by),
      }),
    ),
    ...alerts.flatMap((alert): ReportMark[] =>
      alert.step === null || !concerns(alert)
        ? []
        : [{ x: alert.step, kind: isOpen(alert) ? 'alert' : 'over', text: alert.title }],
    ),
  ];
}

function alertBlock(alert: ReportAlert, { run }: ReportFacts, { language, samples }: ComposeOptions): ReportBlock {
  const words = REPORT_WORDS[language];
  const [message] = messageOf(alert, { language, samples, runName: run.name }).texts;
  const state = words.alertStates[alert.state];
  const tone: Tone = !isOpen(alert)
    ? 'good'
    : alert.severity === 'critical'
      ? 'bad'
      : alert.severity === 'warning'
        ? 'warn'
        : 'plain';
  return {
    kind: 'alert',
    tone,
    title: message!.title,
    state: words.since(
      state,
      sayTime(alert.createdAt),
      alert.stateAt === alert.createdAt ? '' : sayTime(alert.stateAt),
    ),
    lead: message!.lead,
    sections: message!.sections,
  };
}

function telemetryBlocks(facts: ReportFacts, words: ReportWords): ReportBlock[] {
  const { telemetry } = facts.trend;
  const heading = { kind: 'heading' as const, text: words.telemetry };
  if (telemetry.length === 0) return [heading, { kind: 'paragraph', text: words.noTelemetry }];
  const curves = [
    { name: words.loss, key: 'loss' },
    { name: words.learningRate, key: 'learning_rate' },
    { name: words.gradNorm, key: 'grad_norm' },
  ] as const;
  const broken = telemetry.filter(({ non_finite }) => non_finite.length > 0);
  const charts = curves.flatMap(({ name, key }): ReportChart[] => {
    // A logged step without the value is no gap: trainers log their curves at different steps.
    const known = telemetry.filter((point) => point[key] !== null || point.non_finite.includes(key));
    const last = known.findLast((point) => point[key] !== null);
    if (last === undefined) return [];
    return [
      {
        title: name,
        note: words.at(sayNumber(last[key]), sayStep(last.step)),
        tone: broken.some(({ non_finite }) => non_finite.includes(key)) ? 'bad' : 'plain',
        points: known.map((point) => ({
          x: point.step,
          value: point[key],
          low: null,
          high: null,
          segment: null,
          tone: 'plain',
        })),
        marks: marksOf(facts, null, words),
        formatValue: sayNumber,
        formatX: sayStep,
      },
    ];
  });
  const names = [...new Set(broken.flatMap(({ non_finite }) => non_finite))];
  const label = new Map<string, string>(curves.map(({ key, name }) => [key, name]));
  const steps =
    broken
      .slice(0, 5)
      .map(({ step }) => sayStep(step))
      .join(', ') + (broken.length > 5 ? ', …' : '');
  return [
    heading,
    ...(names.length > 0
      ? [
          {
            kind: 'paragraph' as const,
            text: words.nonFinite(names.map((name) => label.get(name) ?? name).join(', '), steps),
          },
        ]
      : []),
    { kind: 'charts', charts, legend: '' },
  ];
}

function adviceLines({ alerts, run }: ReportFacts, { language }: ComposeOptions): string[] {
  const words = REPORT_WORDS[language];
  const heading = (alert: ReportAlert): string =>
    messageOf(alert, { language, samples: 'none', runName: run.name }).texts[0]!.title;
  const lines = alerts.filter(isOpen).flatMap((alert) =>
    alert.advice.map((advice) => {
      const { action } = (language === 'zh' ? advice.zh : undefined) ?? advice;
      return `${action} (${heading(alert)})`;
    }),
  );
  return lines.length === 0 ? [words.noAdvice] : [...new Set(lines)];
}
