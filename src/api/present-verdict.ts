/** A verdict as the API gives it. */
import type { Verdict } from '../domain/trend.ts';
import type { VerdictReply } from './contract.ts';

export function presentVerdict(verdict: Verdict): VerdictReply {
  const { series, kind, reason, reasonZh, value, reference, difference, ci95, n, z, referenceSteps } = verdict;
  return {
    ...series,
    kind,
    reason,
    reason_zh: reasonZh ?? null,
    value,
    reference,
    difference,
    ci95: ci95 === null ? null : [...ci95],
    n,
    z,
    reference_steps: [...referenceSteps],
    besides: (verdict.besides ?? []).map(({ to, name, steps, difference, ci95: [low, high], n: docs }) => ({
      to,
      ...(name === undefined ? {} : { name }),
      steps: [...steps],
      difference,
      ci95: [low, high],
      n: docs,
    })),
    change_between: verdict.changeBetween === null ? null : [...verdict.changeBetween],
  };
}
