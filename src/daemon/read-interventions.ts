/** What the team changed in a run and what came of it, as everybody is shown it: the API and the terminal read this one answer. */
import { isWithin, nameOf } from '../domain/capability.ts';
import type { Intervention } from '../domain/intervention.ts';
import type { Store } from '../store/open-store.ts';
import { rfc3339 } from '../system/clock.ts';
import { interventionEffect } from '../trend/intervention-effect.ts';
import { findRun } from './find-run.ts';
import { factsOfRun } from './imported-facts.ts';

export interface EffectReply {
  capability: string | null;
  task: string | null;
  name: { zh: string; en: string };
  metric: string;
  before: number;
  after: number;
  difference: number;
  ci95: [number, number];
  n: number;
  z: number;
  /** It was in an alert that was open when the change was made: what the change was meant to mend. */
  was_alerted: boolean;
}

export interface InterventionReply {
  id: number;
  run: string;
  step: number;
  note: string;
  by: string;
  at: string;
  before_steps: number[];
  after_steps: number[];
  effects: EffectReply[];
}

/** Checkpoints that are looked at on the far side of an intervention. */
const LOOK_AROUND = 20;

/** Standard errors from which a series that nobody worried about is worth a line. */
const NOTABLE = 3;
const MOST_OTHERS = 3;

/** What is worth saying in a line each: all that was in an alert, and beside it the clearest few others, without nodes above what is said already. */
export function notableEffects(effects: readonly EffectReply[]): EffectReply[] {
  const shown = effects.filter((each) => each.was_alerted);
  const most = shown.length + MOST_OTHERS;
  for (const each of effects) {
    if (shown.length === most) break;
    const isSaid = shown.some((one) => one.capability !== null && isWithin(one.capability, each.capability ?? ''));
    if (!isSaid && Math.abs(each.z) >= NOTABLE) shown.push(each);
  }
  return shown;
}

/** In the order of steps. @throws LIBRA_RUN_UNKNOWN */
export function readInterventions(store: Store, runName: string): InterventionReply[] {
  const run = findRun(store, runName).id;
  const all = store.interventions.ofRun(run);
  return all.map((each, place) => {
    const next = all.slice(place + 1).find(({ step }) => step > each.step) ?? null;
    const previous = all.findLast(({ step }) => step < each.step) ?? null;
    return readOne(store, each, previous?.step ?? 0, next?.step ?? null);
  });
}

function readOne(store: Store, { id, run, step, note, by, at }: Intervention, since: number, until: number | null) {
  const said = { id, run, step, note, by, at: rfc3339(at) };
  const evaluated = store.checkpoints.ofRun(run).filter(({ state }) => state === 'evaluated');
  const after = evaluated.filter((each) => each.step > step && (until === null || each.step <= until));
  const newest = after.at(LOOK_AROUND - 1) ?? after.at(-1) ?? evaluated.findLast((each) => each.step <= step);
  if (newest === undefined) return { ...said, before_steps: [], after_steps: [], effects: [] };
  const alerted = store.alerts
    .ofRun(run)
    .filter(({ kind }) => kind === 'regression')
    .flatMap(({ members }) => members)
    .filter((member) => member.firedAtStep <= step && (member.resolvedAtStep ?? Number.MAX_SAFE_INTEGER) > step);
  const facts = factsOfRun(store, newest, {});
  const { beforeSteps, afterSteps, effects } = interventionEffect({
    history: store.scores.recentOutcomes(run, { upToStep: newest.step, limit: 2 * LOOK_AROUND }),
    tasks: facts.summaries,
    step,
    levelSince: Math.max(since, ...alerted.map(({ levelSinceStep }) => levelSinceStep)),
    until,
  });
  const names = new Set(alerted.map(({ capability }) => capability));
  return {
    ...said,
    before_steps: [...beforeSteps],
    after_steps: [...afterSteps],
    effects: effects.map(({ series: { capability, task, metric }, ci95: [low, high], ...effect }): EffectReply => {
      const label = capability ?? task!;
      return {
        capability,
        task,
        name: capability === null ? { zh: label, en: label } : { zh: nameOf(label).zh, en: nameOf(label).en },
        metric,
        ...effect,
        ci95: [low, high],
        was_alerted: names.has(label),
      };
    }),
  };
}
