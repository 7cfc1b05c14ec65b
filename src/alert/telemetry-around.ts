/** What changed in training around a change point: loss, learning rate, gradient norm and data mix, before and after. */
import type { TelemetryAround } from '../domain/alert.ts';
import type { TelemetryPoint } from '../domain/telemetry.ts';
import { between, findSpikes, median, mixDistance, type TelemetrySpike } from './telemetry-spikes.ts';

/** Logged values that "before" is taken over. */
const USUAL = 16;
/** A learning rate this many times the one before is a jump: no schedule rises so fast between two checkpoints once warm. */
const JUMP = 1.5;
/** Share of the data mix that counts as a change. */
const MIX_CHANGE = 0.05;

/**
 * @param lastGood last step before the change
 * @param upTo step of the checkpoint that fired
 * @param mixSince first step of the reference: an older mix change shows only slowly
 */
export function telemetryAround(
  points: readonly TelemetryPoint[],
  lastGood: number,
  upTo: number,
  mixSince: number,
): TelemetryAround | null {
  const before = points.filter((point) => point.step <= lastGood);
  const after = between(points, lastGood, upTo);
  if (before.length === 0 && after.length === 0) return null;
  const spikes = findSpikes(points, lastGood, upTo);
  const loss = spikes.filter((spike) => spike.quantity === 'loss');
  const gradNorm = spikes.filter((spike) => spike.quantity === 'gradNorm');
  const rateBefore = known(before, 'learningRate').at(-1) ?? null;
  const jump = rateBefore === null ? [] : after.filter((point) => (point.learningRate ?? 0) > JUMP * rateBefore);
  const mix = mixChange(points, mixSince, upTo);
  return {
    lossBefore: usual(before, 'loss'),
    lossAfter: peak(loss) ?? usual(after, 'loss'),
    learningRateBefore: rateBefore,
    learningRateAfter: jump.length
      ? Math.max(...jump.map((point) => point.learningRate!))
      : (known(after, 'learningRate').at(-1) ?? null),
    gradNormBefore: usual(before, 'gradNorm'),
    gradNormAfter: peak(gradNorm) ?? usual(after, 'gradNorm'),
    dataMixBefore: mix.before,
    dataMixAfter: mix.after,
    spikes: {
      loss: loss[0]?.step ?? null,
      gradNorm: gradNorm[0]?.step ?? null,
      learningRate: jump[0]?.step ?? null,
    },
    dataMixChangedAt: mix.changedAt,
    curves: curvesOf(points, lastGood, upTo),
  };
}

/** Values of a curve, at most; of more each stands for its share by the one farthest from the middle, so that a spike stays. */
const CURVE = 24;

function curvesOf(
  points: readonly TelemetryPoint[],
  lastGood: number,
  upTo: number,
): NonNullable<TelemetryAround['curves']> {
  // As much before the change as after it, and half as much again.
  const shown = points.filter(({ step }) => step > lastGood - 1.5 * (upTo - lastGood) && step <= upTo);
  const curve = (quantity: Quantity) => thinned(known(shown, quantity));
  return { loss: curve('loss'), learningRate: curve('learningRate'), gradNorm: curve('gradNorm') };
}

function thinned(values: readonly number[]): number[] {
  if (values.length <= CURVE) return [...values];
  const center = median(values);
  return Array.from({ length: CURVE }, (_, i) =>
    values
      .slice(Math.floor((i * values.length) / CURVE), Math.floor(((i + 1) * values.length) / CURVE))
      .reduce((most, each) => (Math.abs(each - center) > Math.abs(most - center) ? each : most)),
  );
}

type Quantity = 'loss' | 'learningRate' | 'gradNorm';

function known(points: readonly TelemetryPoint[], quantity: Quantity): number[] {
  return points.map((point) => point[quantity]).filter((value) => value !== null && Number.isFinite(value)) as number[];
}

function usual(points: readonly TelemetryPoint[], quantity: Quantity): number | null {
  const values = known(points, quantity).slice(-USUAL);
  return values.length ? median(values) : null;
}

function peak(spikes: readonly TelemetrySpike[]): number | null {
  return spikes.length ? Math.max(...spikes.map((spike) => spike.value)) : null;
}

function mixChange(points: readonly TelemetryPoint[], since: number, upTo: number) {
  const logged = points.filter((point) => point.dataMix !== null && point.step <= upTo);
  const first = logged.findLast((point) => point.step <= since) ?? logged[0];
  const last = logged.at(-1);
  if (!first || !last) return { before: null, after: null, changedAt: null };
  const changed = logged.find(
    (point) => point.step > first.step && mixDistance(first.dataMix!, point.dataMix!) > MIX_CHANGE,
  );
  return { before: first.dataMix, after: last.dataMix, changedAt: changed?.step ?? null };
}
