/** The scores of an evaluation for a person: tasks, then the capability tree, then how the means are made. Pure. */
import type { WorkDone } from '../../daemon/answer-tasks.ts';
import type { OnceEvaluated } from '../../daemon/evaluate-once.ts';
import { nameOf } from '../../domain/capability.ts';
import type { Score } from '../../domain/score.ts';
import { hasTooManyFailures } from '../../evaluation/scoring/aggregate.ts';
import type { Palette } from '../terminal/color.ts';
import { shown } from '../terminal/figure.ts';
import { renderTable } from '../terminal/table.ts';
import { explainScores } from './explain-scores.ts';
import { renderFamilies } from './render-families.ts';
import { isRobustness, robustnessTable } from './render-robustness.ts';

export interface ScoresLook {
  readonly palette: Palette;
  /** Columns of the screen; undefined in a pipe. */
  readonly width: number | undefined;
  readonly isExplained: boolean;
  /** Every figure of every family, instead of the few that say most. */
  readonly isWhole?: boolean;
}

export function renderScores(evaluated: OnceEvaluated, look: ScoresLook): string {
  const { measured, facts, files } = evaluated;
  const { engine, engineVersion, dtype, device } = facts.model;
  const parts = [
    look.palette.dim(
      `${facts.checkpoint} on ${engine} ${engineVersion} (${dtype}, ${device}), ${facts.seconds.toFixed(1)} s`,
    ),
    ...(evaluated.promptingNote === null ? [] : [look.palette.dim(`It is ${evaluated.promptingNote}.`)]),
    taskTable(ownScores(measured.scores), look),
    ...noticesOf(evaluated).map(look.palette.yellow),
    ...renderFamilies(measured.scores, look),
  ];
  parts.push(look.palette.dim(describeWork(evaluated.work)));
  if (measured.capabilities.length > 0) parts.push(capabilityTable(evaluated, look));
  const robustness = robustnessTable(measured.scores, look);
  if (robustness !== null) parts.push(robustness);
  const failing = ownScores(measured.scores).filter(hasTooManyFailures);
  for (const { task, metric, failed, n } of failing) {
    parts.push(
      look.palette.yellow(
        `${task}, ${metric}: ${failed} of ${n + failed} docs have no answer; this score says little.`,
      ),
    );
  }
  if (look.isExplained) parts.push(explainScores(evaluated, look.palette));
  if (files.length > 0) parts.push(look.palette.dim(`Written: ${files[0]} and ${files.length - 1} files of samples.`));
  return parts.join('\n\n');
}

/** What must stand beside the numbers, such as that they are no benchmark's. */
function noticesOf({ tasks }: OnceEvaluated): string[] {
  const byNotice = new Map<string, string[]>();
  for (const { name, card } of tasks.map(({ summary }) => summary)) {
    if (card.notice !== null) byNotice.set(card.notice, [...(byNotice.get(card.notice) ?? []), name]);
  }
  return [...byNotice].map(
    ([notice, names]) => `${names.length > 3 ? `${names.length} tasks` : names.join(', ')}: ${notice}.`,
  );
}

/** What the task files name. */
function ownScores(scores: readonly Score[]): Score[] {
  return scores.filter((score) => score.isAttached !== true && !isRobustness(score));
}

function taskTable(scores: readonly Score[], { palette, width }: ScoresLook): string {
  return renderTable(
    [
      { title: 'task' },
      { title: 'metric', canShrink: false },
      { title: 'value', align: 'right' },
      { title: 'stderr', align: 'right' },
      { title: 'n', align: 'right' },
    ],
    scores.map((score) => [
      score.task,
      `${score.metric} ${score.higherIsBetter ? '↑' : '↓'}`,
      shown(score.value),
      `± ${shown(score.stderr)}`,
      String(score.n),
    ]),
    { palette, width },
  );
}

function capabilityTable({ measured }: OnceEvaluated, { palette, width }: ScoresLook): string {
  return renderTable(
    [
      { title: 'capability' },
      { title: '' },
      { title: 'value', align: 'right' },
      { title: 'stderr', align: 'right' },
      { title: 'tasks', align: 'right' },
      { title: 'n', align: 'right' },
    ],
    measured.capabilities.map(({ capability, value, stderr, members, n }) => [
      capability,
      nameOf(capability).en,
      shown(value),
      `± ${shown(stderr)}`,
      String(members.length),
      String(n),
    ]),
    { palette, width },
  );
}

/** How much was done how fast; tokens are those scored or generated, the prompts before them not counted. */
function describeWork({ docs, asked, reused, repeated, tokens, seconds }: WorkDone): string {
  const rate = (count: number) => (seconds > 0 ? ` (${(count / seconds).toPrecision(3)}/s)` : '');
  const parts = [
    `${docs} docs in ${seconds.toFixed(1)} s${rate(docs)}`,
    `${asked} requests asked, ${tokens} tokens scored or generated${rate(tokens)}`,
  ];
  if (repeated > 0) parts.push(`${repeated} requests asked once for several docs`);
  if (reused > 0) parts.push(`${reused} answers reused`);
  return parts.join('; ');
}
