/** Sudden drop, and the loss, gradient norm or learning rate spiked there: roll back and go on more gently. */
import type { Pattern } from '../pattern.ts';
import { sayNumber, sayStep } from '../say.ts';

/** Part of the usual learning rate to go on with where the rate itself did not jump. */
const GENTLER = 0.5;

export const suddenInstability: Pattern = ({ isBroad, isSudden, telemetry, lastGood }) => {
  const { spikes } = telemetry;
  const signs = [
    spikes.learningRate !== null && {
      en: `the learning rate went from ${sayNumber(telemetry.learningRateBefore)} to ${sayNumber(telemetry.learningRateAfter)} at step ${sayStep(spikes.learningRate)}`,
      zh: `学习率在第 ${sayStep(spikes.learningRate)} 步从 ${sayNumber(telemetry.learningRateBefore)} 升到 ${sayNumber(telemetry.learningRateAfter)}`,
    },
    spikes.loss !== null && {
      en: `the loss spiked from ${sayNumber(telemetry.lossBefore)} to ${sayNumber(telemetry.lossAfter)} at step ${sayStep(spikes.loss)}`,
      zh: `损失在第 ${sayStep(spikes.loss)} 步从 ${sayNumber(telemetry.lossBefore)} 突升到 ${sayNumber(telemetry.lossAfter)}`,
    },
    spikes.gradNorm !== null && {
      en: `the gradient norm spiked from ${sayNumber(telemetry.gradNormBefore)} to ${sayNumber(telemetry.gradNormAfter)} at step ${sayStep(spikes.gradNorm)}`,
      zh: `梯度范数在第 ${sayStep(spikes.gradNorm)} 步从 ${sayNumber(telemetry.gradNormBefore)} 突升到 ${sayNumber(telemetry.gradNormAfter)}`,
    },
  ].filter((sign) => sign !== false);
  if (!isSudden || signs.length === 0) return null;
  const isRate = spikes.learningRate !== null;
  const usual = telemetry.learningRateBefore;
  const back = lastGood
    ? `Roll back to step ${sayStep(lastGood.step)} (${lastGood.path})`
    : 'Roll back to the last good checkpoint';
  const backZh = lastGood ? `回退到第 ${sayStep(lastGood.step)} 步（${lastGood.path}）` : '回退到最后一个正常的检查点';
  return {
    action: isRate
      ? `${back} and take the learning-rate spike out of the schedule, or clip gradients harder there.`
      : `${back}, then lower the peak learning rate or clip gradients harder, and skip the batches of the spike.`,
    why: `The drop is sudden${isBroad ? ' and broad' : ''}, and between the last good checkpoint and the first bad one ${joined(signs.map((sign) => sign.en))}.`,
    against: isBroad
      ? 'After a short spike part of it may come back by itself within a few checkpoints.'
      : 'Only part of the capabilities fell; an instability usually hurts most of them.',
    confidence: isBroad && (isRate || spikes.loss !== null) ? 'high' : isBroad || signs.length > 1 ? 'medium' : 'low',
    ...(usual !== null && Number.isFinite(usual) && usual > 0
      ? { change: { kind: 'lower_learning_rate', learningRate: isRate ? usual : GENTLER * usual } }
      : {}),
    zh: {
      action: isRate
        ? `${backZh}，并去掉学习率的尖峰，或在该处加强梯度裁剪。`
        : `${backZh}，随后降低峰值学习率或加强梯度裁剪，并跳过出现尖峰的批次。`,
      why: `下降突然${isBroad ? '且涉及面广' : ''}；在最后一个正常检查点与首个异常检查点之间，${signs.map((sign) => sign.zh).join('，')}。`,
      against: isBroad
        ? '短暂尖峰造成的损失，几个检查点内可能自行恢复一部分。'
        : '只有部分能力下降，而训练失稳通常会波及大多数能力。',
    },
  };
};

function joined(parts: readonly string[]): string {
  return parts.length < 2 ? parts.join('') : `${parts.slice(0, -1).join(', ')} and ${parts.at(-1)}`;
}
