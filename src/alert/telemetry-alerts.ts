/** Alerts from telemetry alone: non-finite and spiking loss or gradient norm since the previous checkpoint. */
import type { Alert, AlertKind, Severity } from '../domain/alert.ts';
import { stableId } from '../system/hash.ts';
import type { AlertChange, DetectInput } from './detect.ts';
import { sayNumber, sayStep } from './say.ts';
import { between, findSpikes, firstNonFinite } from './telemetry-spikes.ts';

const NAMES = { loss: 'loss', gradNorm: 'gradient norm' } as const;
const NAMES_ZH = { loss: '损失', gradNorm: '梯度范数' } as const;

/**
 * @param isExplained a regression opens at this checkpoint or did just before: a spike is its evidence then, not an alert of its own
 */
export function telemetryChanges(
  input: Pick<DetectInput, 'run' | 'checkpoints' | 'telemetry' | 'openAlerts'>,
  isExplained: boolean,
): AlertChange[] {
  const now = input.checkpoints.at(-1);
  if (!now) return [];
  const previous = input.checkpoints.findLast((checkpoint) => checkpoint.step < now.step)?.step ?? -1;
  return [...nonFinite(input, previous, now.step), ...spiking(input, previous, now.step, isExplained)];
}

type TelemetryInput = Parameters<typeof telemetryChanges>[0];

function nonFinite(input: TelemetryInput, after: number, upTo: number): AlertChange[] {
  const open = input.openAlerts.find((alert) => alert.kind === 'non-finite-loss');
  const found = firstNonFinite(input.telemetry, after, upTo);
  if (open) return !found && isLogged(input, after, upTo) ? [resolve(open, upTo)] : [];
  if (!found) return [];
  const value = Number.isNaN(found.value) ? 'NaN' : 'infinite';
  const title = `${capitalised(NAMES[found.quantity])} is ${value} at step ${sayStep(found.step)}`;
  const lastFinite = input.checkpoints.findLast((checkpoint) => checkpoint.step < found.step);
  const summary = {
    en:
      `${title}. Weights saved after it are probably lost: stop the run and go back to ` +
      `${lastFinite ? `step ${sayStep(lastFinite.step)}` : 'its start'}.`,
    zh:
      `第 ${sayStep(found.step)} 步的${NAMES_ZH[found.quantity]}为 ${value === 'NaN' ? 'NaN' : '无穷大'}。此后保存的权重多半已经作废：` +
      `请停止训练，回到${lastFinite ? `第 ${sayStep(lastFinite.step)} 步` : '起点'}。`,
  };
  return [opened(input, 'non-finite-loss', 'critical', found.step, title, summary)];
}

function spiking(input: TelemetryInput, after: number, upTo: number, isExplained: boolean): AlertChange[] {
  const open = input.openAlerts.find((alert) => alert.kind === 'telemetry-spike');
  const spikes = findSpikes(input.telemetry, after, upTo);
  // What began before the previous checkpoint was told then, or belongs to a regression that was.
  const largest = spikes.some(({ isOnset }) => isOnset)
    ? [...spikes].sort((a, b) => b.deviations - a.deviations)[0]
    : undefined;
  if (open) return spikes.length === 0 && isLogged(input, after, upTo) ? [resolve(open, upTo)] : [];
  if (!largest || isExplained) return [];
  const name = NAMES[largest.quantity];
  const title = `${capitalised(name)} spiked to ${sayNumber(largest.value)} at step ${sayStep(largest.step)}`;
  const deviations = Math.round(largest.deviations);
  const summary = {
    en: `${title}; it was about ${sayNumber(largest.usual)} before (${deviations} robust deviations). No capability has regressed so far.`,
    zh: `第 ${sayStep(largest.step)} 步的${NAMES_ZH[largest.quantity]}突增到 ${sayNumber(largest.value)}，此前约为 ${sayNumber(largest.usual)}（${deviations} 个稳健标准差）。目前没有能力下降。`,
  };
  return [opened(input, 'telemetry-spike', 'warning', largest.step, title, summary)];
}

function opened(
  input: TelemetryInput,
  kind: AlertKind,
  severity: Severity,
  step: number,
  title: string,
  summary: { readonly en: string; readonly zh: string },
): AlertChange {
  const now = input.checkpoints.at(-1)!;
  const good = input.checkpoints.findLast((checkpoint) => checkpoint.step < step) ?? null;
  const alert: Alert = {
    id: stableId(input.run, kind, now.step, String(step)),
    run: input.run,
    kind,
    severity,
    state: 'firing',
    checkpoint: now.id,
    step: now.step,
    sinceStep: good?.step ?? null,
    title,
    summary: summary.en,
    summaryZh: summary.zh,
    members: [],
    examples: [],
    telemetry: null,
    advice: [],
    lastGoodCheckpoint: good?.path ?? null,
    resolvedAtStep: null,
  };
  return { change: 'open', alert, flipped: [] };
}

function resolve(alert: Alert, step: number): AlertChange {
  return { change: 'resolve', alert: { ...alert, state: 'resolved', resolvedAtStep: step }, flipped: [] };
}

function isLogged(input: TelemetryInput, after: number, upTo: number): boolean {
  return between(input.telemetry, after, upTo).some((point) => point.loss !== null || point.gradNorm !== null);
}

function capitalised(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
