/** An order of tasks -> slices and what is left out, within the budget. Pure. */
import { isProbe } from '../domain/capability.ts';
import type { LeftOut } from '../domain/plan.ts';
import { fitBudget, type Wanted } from './budget.ts';
import { secondsPerDocOf } from './cost.ts';
import { nodesOf, reasonOfVariant, sliceOf } from './first-docs.ts';
import { chooseDocs } from './item-response.ts';
import { type Due, orderTasks } from './order.ts';
import { thinDocs } from './rarely.ts';
import type { Planned, StrategyInput } from './strategy.ts';

export interface OrderedPlan {
  /** Docs of the base slices, at most. */
  readonly docs: number;
  /** Behind the base docs of all tasks: the rest of the full set. */
  readonly isFull: boolean;
}

export function planInOrder(given: StrategyInput, { docs, isFull }: OrderedPlan): Planned {
  const input = { ...given, tasks: [...given.tasks].sort((a, b) => (a.name < b.name ? -1 : 1)) };
  const due = orderTasks(input);
  const base = due.map((one) => withChosen(input, baseOf(one, docs, isFull), one, isFull));
  const more = isFull ? due.flatMap((one) => restOf(one, docs, input.mostDocs)) : [];
  const fitted = fitBudget(
    [...base, ...variantsOf(input, due, docs), ...more],
    input.budget,
    input.history.costs.loadSeconds,
  );
  return withoutLoose(input, {
    slices: fitted.slices,
    leftOut: [...fitted.leftOut, ...due.flatMap((one) => thinnedFrom(one, docs))],
  });
}

function baseOf({ task, secondsPerDoc, words, isKept, thinned }: Due, docs: number, isFull: boolean): Wanted {
  const all = Math.min(docs, task.size);
  const asked = thinned === null ? all : thinDocs(all);
  return { slice: sliceOf(task, [0, asked], secondsPerDoc, words), isKept: isKept || isFull };
}

/** Docs beside the base ones, for what they tell of a checkpoint as able as this run is now; a full set has them anyway. */
function withChosen(
  { history, chosenDocs }: StrategyInput,
  wanted: Wanted,
  { task, secondsPerDoc, thinned }: Due,
  isFull: boolean,
): Wanted {
  const known = history.docs.get(task.name);
  if (known === undefined || isFull || thinned !== null) return wanted;
  const { slice } = wanted;
  const chosen = chooseDocs(known.items.slice(0, task.size), known.ability, slice.docs, chosenDocs);
  if (chosen.length === 0) return wanted;
  const extra = secondsPerDoc === null ? 0 : chosen.length * secondsPerDoc;
  return {
    ...wanted,
    slice: {
      ...slice,
      chosen,
      reason: `${slice.reason.replace(/\.$/, '')}; ${chosen.length} more docs are chosen that tell most at its present ability.`,
      expectedSeconds: slice.expectedSeconds === null ? null : slice.expectedSeconds + extra,
    },
  };
}

/** The base docs that a task which is asked rarely has to wait with. */
function thinnedFrom({ task, secondsPerDoc, thinned }: Due, docs: number): LeftOut[] {
  const all = Math.min(docs, task.size);
  const left = all - thinDocs(all);
  if (thinned === null || left === 0) return [];
  return [{ task: task.name, docs: left, reason: thinned, expectedSeconds: costOf(left, secondsPerDoc) }];
}

/** What the full set has behind the base docs; a probe needs no more. */
function restOf({ task, secondsPerDoc }: Due, docs: number, most: number): Wanted[] {
  const full = Math.min(task.size, most);
  if (full <= docs || task.capabilities.some(isProbe)) return [];
  const words = {
    reason: 'An anchor: it has the full set, so that a later suspicion finds a reference that answered the same docs.',
    couldChange: `How small a later drop of ${nodesOf(task)} can be and still be told.`,
  };
  return [{ slice: sliceOf(task, [docs, full], secondsPerDoc, words), isKept: false }];
}

/** The perturbed variants of what is asked, behind it. */
function variantsOf({ tasks, history }: StrategyInput, due: readonly Due[], docs: number): Wanted[] {
  const seconds = secondsPerDocOf(tasks, history.costs);
  return due.flatMap(({ task: { name } }) =>
    tasks.flatMap((task) => {
      if (task.variant?.of !== name) return [];
      const count = Math.min(docs, task.size);
      const reason = reasonOfVariant(count, task.variant);
      return [{ slice: sliceOf(task, [0, count], seconds.get(task.name) ?? null, { reason }), isKept: false }];
    }),
  );
}

/** A variant is nothing without its task. */
function withoutLoose({ tasks, history }: StrategyInput, { slices, leftOut }: Planned): Planned {
  const seconds = secondsPerDocOf(tasks, history.costs);
  const asked = new Set(slices.map(({ task }) => task));
  const loose = tasks.flatMap(({ name, variant, size }) => {
    if (variant === undefined || asked.has(variant.of)) return [];
    const docs =
      slices.find(({ task }) => task === name)?.docs ?? leftOut.find(({ task }) => task === name)?.docs ?? size;
    const reason = `It asks the docs of ${variant.of} otherwise, which is not asked itself this time.`;
    return [{ task: name, docs, reason, expectedSeconds: costOf(docs, seconds.get(name) ?? null) }];
  });
  const gone = new Set(loose.map(({ task }) => task));
  return {
    slices: slices.filter(({ task }) => !gone.has(task)),
    leftOut: [...leftOut.filter(({ task }) => !gone.has(task)), ...loose],
  };
}

const costOf = (docs: number, secondsPerDoc: number | null): number | null =>
  secondsPerDoc === null ? null : docs * secondsPerDoc;
