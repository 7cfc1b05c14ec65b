/** What was measured beside the tasks' own metrics: small tables by family, a row a task; or every figure with its error. Pure. */
import type { Score } from '../../domain/score.ts';
import { shown } from '../terminal/figure.ts';
import { renderTable } from '../terminal/table.ts';
import type { ScoresLook } from './render-scores.ts';

interface FamilyTable {
  readonly title: string;
  /** Metric -> its heading. */
  readonly columns: Readonly<Record<string, string>>;
}

/** The figures that say most; all of them are in the whole table, in --json and in the API. */
const TABLES: readonly FamilyTable[] = [
  {
    title: 'uncertainty',
    columns: {
      ece_10_bin: 'ece_10_bin ↓',
      ece_1_bin: 'ece_1_bin ↓',
      brier: 'brier ↓',
      nll: 'nll ↓',
      'selective_acc@10': 'acc@10 % ↑',
      selective_cov_acc_area: 'area ↑',
    },
  },
  {
    title: 'probes',
    columns: {
      gold_bits_per_byte: 'gold bits/byte ↓',
      unparsed: 'unparsed ↓',
      'degeneration.repetition': 'repetition ↓',
      'degeneration.empty': 'empty ↓',
      'degeneration.cut': 'cut ↓',
      'degeneration.script': 'script ↓',
    },
  },
  {
    title: 'efficiency',
    columns: {
      tokens_per_second: 'tokens/s',
      time_to_first_token: 'first token s',
      latency_p50: 'p50 s',
      latency_p99: 'p99 s',
      output_tokens: 'output tokens',
      peak_memory: 'peak memory',
    },
  },
];

/** Blocks of text; none where nothing of a family was measured. */
export function renderFamilies(scores: readonly Score[], look: ScoresLook): string[] {
  const attached = scores.filter(({ isAttached }) => isAttached === true);
  if (look.isWhole) return attached.length === 0 ? [] : [wholeTable(attached, look)];
  return TABLES.flatMap((table) => familyTable(table, attached, look));
}

function familyTable({ title, columns }: FamilyTable, scores: readonly Score[], look: ScoresLook): string[] {
  const here = scores.filter(({ metric }) => nameOf(metric) in columns);
  const metrics = Object.keys(columns).filter((name) => here.some(({ metric }) => nameOf(metric) === name));
  const tasks = [...new Set(here.map(({ task }) => task))];
  if (tasks.length === 0) return [];
  const rows = tasks.map((task) => [
    task,
    ...metrics.map((name) => {
      const score = here.find((one) => one.task === task && nameOf(one.metric) === name);
      return score === undefined ? '' : figure(score);
    }),
  ]);
  const headings = metrics.map((name) => ({ title: columns[name]!, align: 'right' as const }));
  const table = renderTable([{ title }, ...headings], rows, look);
  return [[table, ...reasons(here).map((line) => look.palette.dim(line))].join('\n')];
}

/** Which numbers are missing why, a line a reason. */
function reasons(scores: readonly Score[]): string[] {
  const byReason = new Map<string, Set<string>>();
  for (const { reason, metric } of scores) {
    if (reason == null) continue;
    byReason.set(reason, (byReason.get(reason) ?? new Set()).add(nameOf(metric)));
  }
  return [...byReason].map(([reason, metrics]) => `-: ${reason} (${[...metrics].join(', ')})`);
}

function wholeTable(scores: readonly Score[], look: ScoresLook): string {
  return renderTable(
    [
      { title: 'task' },
      { title: 'family' },
      { title: 'metric', canShrink: false },
      { title: 'value', align: 'right' },
      { title: 'stderr', align: 'right' },
      { title: 'n', align: 'right' },
      { title: '' },
    ],
    scores.map((score) => [
      score.task,
      score.family ?? 'accuracy',
      `${score.metric} ${score.higherIsBetter ? '↑' : '↓'}`,
      figure(score),
      `± ${score.unit === 'bytes' ? '-' : shown(score.stderr)}`,
      String(score.n),
      score.reason ?? score.unit ?? '',
    ]),
    look,
  );
}

function figure({ value, unit }: Score): string {
  return unit === 'bytes' && Number.isFinite(value) ? `${(value / 1e6).toFixed(0)} MB` : shown(value);
}

/** Without the filter pipeline it was measured over. */
function nameOf(metric: string): string {
  return metric.split(',')[0]!;
}
