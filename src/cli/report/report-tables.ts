/** The tables of a report: verdicts of the newest checkpoint, its tasks, and where the numbers come from. */
import { isProportion, sayStep } from '../../alert/say.ts';
import type { ReportFacts } from '../../daemon/read-report.ts';
import { nameOf } from '../../domain/capability.ts';
import type { Verdict, VerdictKind } from '../../domain/trend.ts';
import type { ReportBlock, ReportCell } from './report-document.ts';
import { lastOf, sayFigure, sayPoints, TONES } from './report-figures.ts';
import type { ReportWords } from './report-words.ts';

const WORST_FIRST: readonly VerdictKind[] = ['worse', 'suspected', 'better', 'same', 'unknown'];

export function verdictBlocks({ newest, verdicts }: ReportFacts, words: ReportWords): ReportBlock[] {
  if (newest === null) return [];
  const heading = { kind: 'heading' as const, text: words.verdicts(sayStep(newest.step)) };
  const nodes = verdicts.filter(({ series }) => series.capability !== null);
  const shown = (nodes.length > 0 ? nodes : verdicts).toSorted(
    (a, b) => WORST_FIRST.indexOf(a.kind) - WORST_FIRST.indexOf(b.kind),
  );
  if (shown.length === 0) return [heading, { kind: 'paragraph', text: words.noVerdicts }];
  // Sentences of evidence are in English; the figures beside them need no translation.
  const withReason = words.language === 'en';
  const right = { align: 'right' as const };
  return [
    heading,
    { kind: 'paragraph', text: words.verdictNote },
    {
      kind: 'table',
      columns: [
        { title: words.series },
        { title: words.verdict },
        { title: words.now, ...right },
        { title: words.reference, ...right },
        { title: words.difference, ...right },
        { title: words.docs, ...right },
        ...(withReason ? [{ title: words.evidence }] : []),
      ],
      rows: shown.map((verdict) => [
        ...verdictCells(verdict, words),
        ...(withReason
          ? [{ text: words.language === 'zh' ? (verdict.reasonZh ?? verdict.reason) : verdict.reason }]
          : []),
      ]),
    },
  ];
}

function verdictCells(
  { series, kind, value, reference, difference, ci95, n }: Verdict,
  words: ReportWords,
): ReportCell[] {
  const unit = isProportion(series.metric) ? 'proportion' : series.metric;
  const say = (figure: number | null): string => (figure === null ? '-' : sayFigure(figure, unit));
  const name = series.capability === null ? (series.task ?? '') : nameOf(series.capability)[words.language];
  const metric = series.metric === 'score' ? '' : ` ${series.metric}`;
  const interval = ci95 === null ? '' : ` [${sayPoints(ci95[0], unit)}, ${sayPoints(ci95[1], unit)}]`;
  return [
    { text: `${name}${metric}` },
    { text: words.kinds[kind], tone: TONES[kind] },
    { text: say(value) },
    { text: say(reference) },
    { text: difference === null ? '-' : `${sayPoints(difference, unit)}${interval}` },
    { text: n.toLocaleString('en-US') },
  ];
}

export function taskBlocks({ trend, newest, provenance }: ReportFacts, words: ReportWords): ReportBlock[] {
  const versions = new Map(provenance.map((one) => [one.task, one]));
  const tasks = trend.series.filter(({ task }) => task !== null);
  if (newest === null || tasks.length === 0) return [];
  const right = { align: 'right' as const };
  return [
    { kind: 'heading', text: words.tasks },
    {
      kind: 'table',
      columns: [
        { title: words.task },
        { title: words.metric },
        { title: words.now, ...right },
        { title: words.interval, ...right },
        { title: words.docs, ...right },
        { title: words.verdict },
      ],
      rows: tasks.map((series) => {
        const last = lastOf(series);
        const [low, high] = last?.ci95 ?? [null, null];
        const primary = versions.get(series.task!)?.primaryMetric === series.metric;
        return [
          { text: series.task! },
          { text: `${series.metric}${primary ? ' *' : ''}` },
          { text: last === undefined ? '-' : sayFigure(last.value!, series.unit) },
          {
            text:
              low === null || high === null ? '-' : `${sayFigure(low, series.unit)} - ${sayFigure(high, series.unit)}`,
          },
          { text: last === undefined ? '-' : last.n.toLocaleString('en-US') },
          {
            text: last?.verdict == null ? '-' : words.kinds[last.verdict],
            tone: last?.verdict == null ? 'plain' : TONES[last.verdict],
          },
        ];
      }),
    },
  ];
}

export function provenanceBlocks({ provenance }: ReportFacts, words: ReportWords): ReportBlock[] {
  if (provenance.length === 0) return [];
  return [
    { kind: 'heading', text: words.provenance },
    {
      kind: 'table',
      columns: [
        { title: words.task },
        { title: words.version },
        { title: words.hash },
        { title: words.asked, align: 'right' },
        { title: words.shots, align: 'right' },
        { title: words.chat },
        { title: words.by },
        { title: words.file },
      ],
      rows: provenance.map((one) =>
        [
          one.task,
          one.taskVersion,
          one.taskHash.slice(0, 12),
          words.askedOf(sayStep(one.docs.answered), sayStep(one.docs.of)),
          String(one.fewshot.shots),
          one.chat ?? words.plain,
          `${one.engine} ${one.engineVersion}${one.isVerified ? '' : words.unverified}`,
          one.file,
        ].map((text) => ({ text })),
      ),
    },
  ];
}
