/**
 * What becomes of the checkpoints that wait when training is faster than evaluation: which are passed over, each with its reason, and which
 * one is taken up after all when nothing else waits. Pure; what is kept whatever the policy never appears in a decision.
 */
import { saySeconds } from './say-seconds.ts';

export interface BacklogPolicy {
  readonly name: 'all' | 'every' | 'newest' | 'deadline';
  /** Of `every`: one in so many is evaluated. */
  readonly every: number;
  /** Of `deadline`: the longest wait, seconds. */
  readonly deadlineSeconds: number;
}

export interface WaitingCheckpoint {
  readonly checkpoint: string;
  readonly run: string;
  readonly step: number;
  /** Earlier checkpoints of its run that were planned. */
  readonly position: number;
  readonly waitedSeconds: number;
  /** What evaluating it will take, as past evaluations say; null while there are none. */
  readonly expectedSeconds: number | null;
  /** Evaluated whatever waits behind it. */
  readonly isKept: boolean;
}

export interface PassedOver {
  readonly checkpoint: string;
  /** A sentence. */
  readonly reason: string;
}

/** @param waiting in the order they would be evaluated */
export function passOver(policy: BacklogPolicy, waiting: readonly WaitingCheckpoint[]): PassedOver[] {
  switch (policy.name) {
    case 'all':
      return [];
    case 'every':
      return allButEach(policy.every, waiting);
    case 'newest':
      return allButNewest(waiting);
    case 'deadline':
      return allTooLate(policy.deadlineSeconds, waiting);
  }
}

function allButEach(every: number, waiting: readonly WaitingCheckpoint[]): PassedOver[] {
  return waiting
    .filter(({ isKept, position }) => !isKept && position % every !== 0)
    .map(({ checkpoint }) => ({
      checkpoint,
      reason: `One in ${every} checkpoints is evaluated (backlog.every), and this is not one of them.`,
    }));
}

/** What is kept comes before the newest in the order of steps, so that verdicts stay in that order without waiting for ever. */
function allButNewest(waiting: readonly WaitingCheckpoint[]): PassedOver[] {
  const newest = new Map<string, WaitingCheckpoint>();
  for (const one of waiting) if (one.step >= (newest.get(one.run)?.step ?? 0)) newest.set(one.run, one);
  return waiting
    .filter((one) => !one.isKept && newest.get(one.run) !== one)
    .map(({ checkpoint, run }) => ({
      checkpoint,
      reason: `Step ${newest.get(run)!.step} came while this one waited, and the newest goes first (backlog: newest); this one follows when nothing else waits.`,
    }));
}

/** Each that is passed over shortens the wait of those behind it. */
function allTooLate(deadline: number, waiting: readonly WaitingCheckpoint[]): PassedOver[] {
  const late: PassedOver[] = [];
  let ahead = 0;
  for (const { checkpoint, waitedSeconds: waited, expectedSeconds, isKept } of waiting) {
    const isLate = waited + ahead > deadline;
    if (isKept || !isLate) ahead += expectedSeconds ?? 0;
    else late.push({ checkpoint, reason: tooLate(deadline, waited, ahead) });
  }
  return late;
}

function tooLate(deadline: number, waited: number, ahead: number): string {
  const limit = `backlog.deadline is ${saySeconds(deadline)}`;
  if (waited > deadline) return `It has waited ${saySeconds(waited)}, and ${limit}.`;
  return `It has waited ${saySeconds(waited)} and would wait ${saySeconds(ahead)} more for those before it, and ${limit}.`;
}
