/** The scores of an evaluation for a person: tasks, then the capability tree, then how the means are made. Pure. */
import type { WorkDone } from '../../daemon/answer-tasks.ts';
import type { OnceEvaluated } from '../../daemon/evaluate-once.ts';
import { nameOf } from '../../domain/capability.ts';
import type { Score } from '../../domain/score.ts';
import { hasTooManyFailures } from '../../evaluation/aggregate.ts';
import { renderTable } from '../terminal/table.ts';
import { isRobustness, robustnessTable } from './render-robustness.ts';
import { type ScoresLook, shownValue } from './shown-value.ts';

export function renderScores(evaluated: OnceEvaluated, look: ScoresLook): string {
  const { measured, facts, files } = evaluated;
  const { engine, engineVersion, dtype, device } = facts.model;
  const parts = [
    look.palette.dim(
      `${facts.checkpoint} on ${engine} ${engineVersion} (${dtype}, ${device}), ${facts.seconds.toFixed(1)} s`,
    ),
    taskTable(
      measured.scores.filter((score) => !isRobustness(score)),
      look,
    ),
  ];
  parts.push(look.palette.dim(describeWork(evaluated.work)));
  if (measured.capabilities.length > 0) parts.push(capabilityTable(evaluated, look));
  const robustness = robustnessTable(measured.scores, look);
  if (robustness !== null) parts.push(robustness);
  const failing = measured.scores.filter(hasTooManyFailures);
  for (const { task, metric, failed, n } of failing) {
    parts.push(
      look.palette.yellow(
        `${task}, ${metric}: ${failed} of ${n + failed} docs have no answer; this score says little.`,
      ),
    );
  }
  if (look.isExplained) parts.push(explanation(evaluated));
  if (files.length > 0) parts.push(look.palette.dim(`Written: ${files[0]} and ${files.length - 1} files of samples.`));
  return parts.join('\n\n');
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
      shownValue(score.value),
      `± ${shownValue(score.stderr)}`,
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
      shownValue(value),
      `± ${shownValue(stderr)}`,
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

function explanation({ measured, tasks }: OnceEvaluated): string {
  const tasksPart = tasks.map(({ summary }) => {
    const { variant } = summary;
    if (variant !== undefined) {
      return `  ${summary.name} (hash ${summary.hash}): the first ${summary.size} docs of ${variant.of} under ${variant.perturbation}, ${variant.changed} of them changed by it`;
    }
    const score = measured.scores.find(({ task }) => task === summary.name)!;
    const asked = score.n + score.failed;
    const failed = score.failed > 0 ? `, ${score.failed} without an answer and left out` : '';
    return `  ${summary.name} (version ${summary.version}, hash ${summary.hash}): ${summary.numFewshot}-shot, the first ${asked} of ${summary.size} docs in the fixed random order${failed}`;
  });
  const nodes = measured.capabilities.map(({ capability, value, members }) => {
    const sum = members.map((member) => `${member.name} ${member.metric} ${shownValue(member.value)}`).join(' + ');
    return `  ${capability} ${shownValue(value)} = (${sum}) / ${members.length}`;
  });
  const head =
    'Each score is over the docs of its task; a capability is the arithmetic mean of the tasks below it, by their first metric.';
  return [head, ...tasksPart, ...nodes].join('\n');
}
