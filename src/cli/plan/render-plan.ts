/** A plan for a person: what is asked in which order and what it costs, then why, then what is left out. Pure. */
import type { PlanReply } from '../../api/contract.ts';
import type { EvaluationState } from '../../domain/evaluation.ts';
import { saySeconds } from '../../strategy/say-seconds.ts';
import type { StrategyInput } from '../../strategy/strategy.ts';
import type { Palette } from '../terminal/color.ts';
import { renderTable } from '../terminal/table.ts';
import { printable } from '../terminal/width.ts';

export interface PlanLook {
  readonly palette: Palette;
  /** Columns of the screen; undefined in a pipe. */
  readonly width: number | undefined;
}

export interface PlanOccasion {
  readonly name: string;
  /** Of its evaluation; null when it is not planned yet. */
  readonly state: EvaluationState | null;
  /** What it was decided from; null for a plan that was kept. */
  readonly input: StrategyInput | null;
  /** How it stands in the queue, sentences. */
  readonly standing: readonly string[];
}

type Slice = PlanReply['slices'][number];

export function renderPlan(plan: PlanReply, occasion: PlanOccasion, look: PlanLook): string {
  const { palette } = look;
  const parts = [headOf(plan, occasion, palette)];
  if (plan.slices.length > 0) parts.push(tableOf(plan, look), reasonsOf(plan.slices, palette));
  else parts.push('Nothing is asked.');
  if (plan.left_out.length > 0) {
    const listed = plan.left_out.map(({ task, docs, reason, expected_seconds: cost }) => {
      const what = `${printable(task)}, ${docs} docs${cost === null ? '' : `, ${saySeconds(cost)}`}`;
      return `  ${what}\n    ${printable(reason)}`;
    });
    parts.push(palette.yellow(`Left out (${plan.left_out.length}):\n${listed.join('\n')}`));
  }
  parts.push(sumOf(plan));
  return parts.join('\n\n');
}

function headOf({ strategy }: PlanReply, { name, state, input, standing }: PlanOccasion, palette: Palette): string {
  const head = `${printable(name)}: strategy ${strategy}, ${state === null ? 'as it would be planned now' : state}`;
  if (input === null) return [palette.bold(head), ...standing.map(printable)].join('\n');
  const { stage, modelType, budget, isAnchor, history } = input;
  const lines = [
    `A ${modelType} model, stage ${stage.stage}: ${stage.reason}.`,
    history.evaluated === 0
      ? 'Nothing of its run is evaluated yet, so nothing is known of costs and changes.'
      : `${history.evaluated} checkpoint${history.evaluated === 1 ? '' : 's'} before it ${history.evaluated === 1 ? 'is' : 'are'} evaluated.`,
    ...(isAnchor ? ['It is an anchor.'] : []),
    ...(budget.seconds === null ? [] : [`Budget: ${budget.reason}.`]),
  ];
  return `${palette.bold(head)}\n${lines.join('\n')}`;
}

function tableOf({ slices }: PlanReply, { palette, width }: PlanLook): string {
  const hasCosts = slices.some(({ seconds }) => seconds !== null);
  return renderTable(
    [
      { title: '#', align: 'right' },
      { title: 'task' },
      { title: 'docs', align: 'right' },
      { title: 'expected', align: 'right' },
      ...(hasCosts ? [{ title: 'took', align: 'right' } as const] : []),
    ],
    slices.map((slice, place) => [
      String(place + 1),
      slice.task,
      docsOf(slice),
      timeOf(slice.expected_seconds),
      ...(hasCosts ? [timeOf(slice.seconds)] : []),
    ]),
    { palette, width },
  );
}

function docsOf({ from, docs, chosen }: Slice): string {
  const stretch = from === 0 ? String(docs) : `${from} to ${docs}`;
  return chosen === null || chosen.length === 0 ? stretch : `${stretch} and ${chosen.length} chosen`;
}

const timeOf = (seconds: number | null): string => (seconds === null ? '?' : saySeconds(seconds));

/** Neighbours that are asked for the same reason share its line; what each could change stands behind it. */
function reasonsOf(slices: readonly Slice[], palette: Palette): string {
  return groupsOf(slices)
    .map(({ first, members }) => {
      const [{ reason, could_change: change }] = members as [Slice];
      const why = printable(reason);
      const could = (sentence: string) => palette.dim(`Could change: ${decapitalised(printable(sentence))}`);
      if (members.length === 1) return `${first}  ${why} ${could(change)}`;
      const changes = groupsOf(members, first, ({ could_change }) => could_change);
      const listed = changes.map((one) => `    ${rangeOf(one)}  ${could(one.members[0]!.could_change)}`);
      return [`${rangeOf({ first, members })}  ${why}`, ...listed].join('\n');
    })
    .join('\n');
}

interface Group {
  /** Number of its first slice, from 1. */
  readonly first: number;
  readonly members: readonly Slice[];
}

function groupsOf(slices: readonly Slice[], first = 1, by: (slice: Slice) => string = ({ reason }) => reason): Group[] {
  const groups: { first: number; members: Slice[] }[] = [];
  for (const [at, slice] of slices.entries()) {
    const last = groups.at(-1);
    if (last !== undefined && by(last.members[0]!) === by(slice)) last.members.push(slice);
    else groups.push({ first: first + at, members: [slice] });
  }
  return groups;
}

function rangeOf({ first, members }: Group): string {
  return members.length === 1 ? String(first) : `${first}-${first + members.length - 1}`;
}

const decapitalised = (sentence: string): string => sentence.charAt(0).toLowerCase() + sentence.slice(1);

function sumOf({ slices, cost }: PlanReply): string {
  const docs = slices.reduce((sum, { from, docs: to, chosen }) => sum + to - from + (chosen?.length ?? 0), 0);
  const expected = cost.expected_seconds === null ? 'nobody knows yet how long' : saySeconds(cost.expected_seconds);
  const took = cost.seconds === null ? '' : `; it took ${saySeconds(cost.seconds)}, the start of the engine included`;
  return `${docs} docs, expected: ${expected}${took}.`;
}
