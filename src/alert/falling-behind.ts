/** Evaluation that falls behind training: when that is worth telling, and what to do about it. Pure. */
import type { Advice, Alert } from '../domain/alert.ts';
import { aboutRun, sayDuration } from './run-alerts.ts';

export interface WaitingQueue {
  /** Checkpoints that wait for their evaluation. */
  readonly waiting: number;
  /** Until the last of them is evaluated, ms, as past evaluations say. */
  readonly expectedMs: number;
  /** Median time between two checkpoints, ms. */
  readonly intervalMs: number;
}

const MOST_WAITING = 4;
const MOST_INTERVALS = 3;
/** Nobody minds a shorter wait, however fast the checkpoints come. */
const SHORTEST_MS = 10 * 60_000;

export function isBehind({ waiting, expectedMs, intervalMs }: WaitingQueue): boolean {
  return waiting > MOST_WAITING && expectedMs > Math.max(SHORTEST_MS, MOST_INTERVALS * intervalMs);
}

/** Not as soon as it is no longer behind, or the alert would come and go with every checkpoint. */
export function hasCaughtUp({ waiting, expectedMs, intervalMs }: WaitingQueue): boolean {
  return waiting <= 1 || expectedMs <= intervalMs;
}

/** @param newest the last checkpoint that waits */
export function fallingBehindAlert(
  run: string,
  newest: { readonly id: string; readonly step: number },
  { waiting, expectedMs, intervalMs }: WaitingQueue,
): Alert {
  const title = `${waiting} checkpoints wait for their evaluation`;
  const summary = {
    en: `${title}: the last of them in about ${sayDuration(expectedMs)}, and a new one comes every ${sayDuration(intervalMs)}.`,
    zh: `${waiting.toLocaleString('en-US')} 个检查点在等待评测：最后一个约需 ${sayDuration(expectedMs, 'zh')}，而每 ${sayDuration(intervalMs, 'zh')} 就有一个新的。`,
  };
  const alert = aboutRun(run, 'falling-behind', 'warning', newest, title, summary, newest.id);
  return { ...alert, advice: [adviceFor(waiting, expectedMs)] };
}

function adviceFor(waiting: number, expectedMs: number): Advice {
  const wait = sayDuration(expectedMs);
  return {
    action:
      'set `backlog: newest` in libra.yaml (the newest first, the others when nothing else waits; `every` and `deadline` evaluate fewer), or give evaluation less to do with `strategy.docs_per_task` and `budget`',
    why: `${waiting} checkpoints wait and take ${wait} to evaluate, so a drop at the newest is told ${wait} late`,
    against: 'it catches up by itself if checkpoints come more slowly again; with `backlog: all` none is left out',
    confidence: 'high',
    zh: {
      action:
        '在 libra.yaml 中设置 `backlog: newest`（最新的先评测，其余在空闲时补评；`every` 与 `deadline` 评测得更少），或用 `strategy.docs_per_task` 与 `budget` 减少每次评测的题量',
      why: `有 ${waiting} 个检查点在等待，评完约需 ${wait}，最新检查点的退化也会晚这么久才被发现`,
      against: '如果检查点的产生慢下来，会自行赶上；`backlog: all` 不会漏掉任何一个',
    },
  };
}
