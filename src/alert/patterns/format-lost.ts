/** Answers stopped parsing while what is known stays: the template or the chat data, not the capability. */
import { isFormatLost } from '../format-lost.ts';
import type { Pattern } from '../pattern.ts';

export const formatLost: Pattern = ({ members }) => {
  const lost = members.flatMap(({ format }) => (format ? [format] : []));
  if (lost.length === 0) return null;
  const isAll = isFormatLost(members);
  const share = (of: 'unparsedBefore' | 'unparsedAfter') =>
    `${((100 * lost.reduce((sum, each) => sum + each[of], 0)) / lost.length).toFixed(0)} %`;
  const [before, after] = [share('unparsedBefore'), share('unparsedAfter')];
  return {
    action: 'Check the prompt template and the share of chat or instruction data before you touch the learning rate.',
    why: isAll
      ? `${before} -> ${after} of the answers can't be parsed, and docs that parse before and after kept their score: the form was lost, not the capability.`
      : `${before} -> ${after} of the answers can't be parsed: part of the drop is the form of the answers.`,
    against: 'A model that degenerates also stops answering in form; look at the answers below first.',
    confidence: isAll ? 'high' : 'low',
    zh: {
      action: '先检查提示模板以及对话、指令数据的占比，再考虑调整学习率。',
      why: isAll
        ? `无法解析的答案由 ${before} 变为 ${after}，而前后都能解析的题分数未降：丢的是格式，不是能力。`
        : `无法解析的答案由 ${before} 变为 ${after}：一部分下降源于作答格式。`,
      against: '模型退化时同样会不按格式作答，请先看下面的答案。',
    },
  };
};
