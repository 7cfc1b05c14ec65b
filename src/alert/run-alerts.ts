/** Alerts about the run itself: no new checkpoints, evaluations that fail, checkpoints lost before they were evaluated. */
import type { Alert, AlertKind, Severity } from '../domain/alert.ts';
import { stableId } from '../system/hash.ts';
import { sayStep } from './say.ts';

const STALLED_INTERVALS = 3;
const STALLED_FLOOR_MS = 60_000;
const FEWEST_CHECKPOINTS = 3;

/**
 * Epoch ms from which a run counts as stalled: no checkpoint for 3 median intervals (at least a minute) after the last;
 * null while fewer than 3 checkpoints are known. The clock side asks again after every checkpoint.
 * @param foundAt epoch ms at which checkpoints appeared, ascending
 */
export function stalledFrom(foundAt: readonly number[]): number | null {
  if (foundAt.length < FEWEST_CHECKPOINTS) return null;
  const intervals = foundAt.slice(1).map((at, i) => at - foundAt[i]!);
  const sorted = intervals.sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  const typical = sorted.length % 2 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
  return foundAt.at(-1)! + Math.max(STALLED_FLOOR_MS, STALLED_INTERVALS * typical);
}

/** Last checkpoint, and how long it usually takes to the next (ms). Resolved by the next checkpoint. */
export function stalledAlert(run: string, last: Anchor, usualMs: number): Alert {
  const title = `No checkpoint since step ${sayStep(last.step)}`;
  const summary = {
    en:
      `${title}; one usually comes every ${sayDuration(usualMs)}. ` +
      'Training may have stopped or hung: look at its process and its disk.',
    zh: `第 ${sayStep(last.step)} 步之后没有新检查点；通常每 ${sayDuration(usualMs, 'zh')}就有一个。训练可能已停止或卡住：请查看其进程和磁盘。`,
  };
  return aboutRun(run, 'stalled', 'warning', last, title, summary, String(last.step));
}

export function evaluationFailingAlert(run: string, checkpoint: Anchor, error: string, hint: string): Alert {
  const title = `Evaluation of step ${sayStep(checkpoint.step)} failed`;
  const summary = {
    en: `${title}: ${error} ${hint}`,
    zh: `第 ${sayStep(checkpoint.step)} 步的评测失败：${error} ${hint}`,
  };
  return aboutRun(run, 'evaluation-failing', 'warning', checkpoint, title, summary, checkpoint.id);
}

export function checkpointVanishedAlert(run: string, checkpoint: Anchor): Alert {
  const title = `Checkpoint of step ${sayStep(checkpoint.step)} vanished before it was evaluated`;
  const summary = {
    en: `${title}: it was deleted before Libra could hold it. Let the trainer keep more checkpoints, or look at the pins in \`libra doctor\`.`,
    zh: `第 ${sayStep(checkpoint.step)} 步的检查点在 Libra 固定它之前就被删除了。请让训练多保留几个检查点，或用 \`libra doctor\` 查看固定目录。`,
  };
  return aboutRun(run, 'checkpoint-vanished', 'info', checkpoint, title, summary, checkpoint.id);
}

/** The same alert, over. */
export function resolvedAlert(alert: Alert, atStep: number | null): Alert {
  return { ...alert, state: 'resolved', resolvedAtStep: atStep };
}

interface Anchor {
  readonly id: string;
  readonly step: number;
}

/** An alert about a run; the same `key` is the same alert, whenever it is made. */
export function aboutRun(
  run: string,
  kind: AlertKind,
  severity: Severity,
  { id, step }: Anchor,
  title: string,
  summary: { readonly en: string; readonly zh: string },
  key: string,
): Alert {
  return {
    id: stableId(run, kind, step, key),
    run,
    kind,
    severity,
    state: 'firing',
    checkpoint: id,
    step,
    sinceStep: null,
    title,
    summary: summary.en,
    summaryZh: summary.zh,
    members: [],
    examples: [],
    telemetry: null,
    advice: [],
    lastGoodCheckpoint: null,
    resolvedAtStep: null,
  };
}

/** `45 s`, `12 min`, `3.5 h`. */
export function sayDuration(ms: number, language: 'en' | 'zh' = 'en'): string {
  const [seconds, minutes, hours] = language === 'zh' ? ['秒', '分钟', '小时'] : ['s', 'min', 'h'];
  if (ms < 120_000) return `${Math.round(ms / 1000)} ${seconds}`;
  if (ms < 7_200_000) return `${Math.round(ms / 60_000)} ${minutes}`;
  return `${Number((ms / 3_600_000).toFixed(1))} ${hours}`;
}
