/**
 * Reasoning, code or knowledge falls while a model is tuned: the alignment tax (Askell et al. 2021, "A General Language Assistant as a
 * Laboratory for Alignment"; Ouyang et al. 2022, who mix pre-training gradients back in).
 */
import { isWithin } from '../../domain/capability.ts';
import { isUnstable } from '../cut-shares.ts';
import type { Pattern } from '../pattern.ts';

/** What pre-training taught, and tuning data seldom repeat. */
const TAXED = ['basic.reasoning', 'basic.knowledge', 'advanced.generation.code', 'advanced.generation.sql'];
/** Part of the members that must be of it. */
const MATCH = 0.6;

const STAGES = {
  sft: { en: 'supervised fine-tuning', zh: '监督微调' },
  preference: { en: 'preference tuning', zh: '偏好对齐' },
  rl: { en: 'reinforcement learning', zh: '强化学习' },
} as const;

export const tuningTax: Pattern = ({ members, stage, telemetry }) => {
  if (stage !== 'sft' && stage !== 'preference' && stage !== 'rl') return null;
  const taxed = members.filter(({ capability }) => TAXED.some((node) => isWithin(capability, node)));
  if (taxed.length < MATCH * members.length) return null;
  // A change that was logged just there explains it better.
  if (telemetry.dataMixChangedAt !== null || isUnstable(telemetry)) return null;
  const { en, zh } = STAGES[stage];
  const isRl = stage === 'rl';
  return {
    action: isRl
      ? 'Pull harder towards the model it started from (a larger KL penalty), or mix some pre-training data back in.'
      : 'Mix some pre-training data back in, or lower the learning rate; fewer passes over the tuning data help as well.',
    why: `What fell was learned in pre-training, this is ${en}, and nothing else in the telemetry changed there: tuning often costs just that.`,
    against: 'It may be worth its price: see with `libra tax` what tuning has gained against the base model.',
    confidence: 'medium',
    zh: {
      action: isRl
        ? '加大对初始模型的约束（更大的 KL 惩罚），或混入一部分预训练数据。'
        : '混入一部分预训练数据，或调低学习率；减少对微调数据的重复遍数也有帮助。',
      why: `下降的是预训练所得的能力，当前处于${zh}阶段，而遥测中此处没有其他变化：微调常以此为代价（对齐税）。`,
      against: '这一代价也可能值得：用 `libra tax` 查看微调相对基座模型的收益。',
    },
  };
};
