/** Answers stopped parsing while what is known stays: the template or the chat data, not the capability. */
import type { Pattern } from '../pattern.ts';

export const formatLost: Pattern = ({ members }) => {
  const format = members.find((member) => member.capability === 'probe.format');
  if (!format) return null;
  return {
    action: 'Check the prompt template and the share of chat or instruction data before you touch the learning rate.',
    why: 'Fewer answers can be parsed than before: scores fall because of the form of the answers.',
    against: 'A model that degenerates also stops answering in form; look at the answers below first.',
    confidence: members.length <= 2 ? 'medium' : 'low',
    zh: {
      action: '先检查提示模板以及对话、指令数据的占比，再考虑调整学习率。',
      why: '可解析的答案比以前少：分数下降源于作答格式。',
      against: '模型退化时同样会不按格式作答，请先看下面的答案。',
    },
  };
};
