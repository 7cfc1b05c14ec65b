/** The drop falls together with a change of the data mix that no language explains: look at that phase. */
import type { Pattern } from '../pattern.ts';
import { sayMix, sayStep } from '../say.ts';

export const dataPhase: Pattern = ({ telemetry }) => {
  const { dataMixBefore: before, dataMixAfter: after, dataMixChangedAt: at } = telemetry;
  if (!before || !after || at === null) return null;
  return {
    action: `Look at the data phase that began by step ${sayStep(at)}: raise or replay what it took away, or shorten it.`,
    why: `The data mix changed from ${sayMix(before)} to ${sayMix(after)}, and the drop began around then.`,
    against: 'Only the timing speaks for it; what fell does not match a part of the mix by name.',
    confidence: 'low',
    zh: {
      action: `检查第 ${sayStep(at)} 步前开始的数据阶段：提高或回放被减少的数据，或缩短这一阶段。`,
      why: `数据配比由 ${sayMix(before)} 变为 ${sayMix(after)}，下降大约从那时开始。`,
      against: '仅有时间上的吻合；下降的能力与配比各部分的名称并不对应。',
    },
  };
};
