/** Code, mathematics or encyclopaedic knowledge falls, and the share of just that data was cut: give it back, or replay it. */

import type { AlertMember } from '../../domain/alert.ts';
import { isWithin, nameOf } from '../../domain/capability.ts';
import { cutShares, isUnstable } from '../cut-shares.ts';
import type { Pattern } from '../pattern.ts';
import { sayPercent, sayStep } from '../say.ts';

/** Part of the members that the data must speak for. */
const MATCH = 0.6;

/** The beginning of a word in a name such as `open_web_math`, so that `pharma` is no `harm` and `system` no `stem`. */
const word = (...beginnings: readonly string[]) => new RegExp(`(^|[^a-z])(${beginnings.join('|')})`, 'i');

/** Names of data as mixes have them (The Stack, OpenWebMath, Wikipedia...) and the capabilities that live on it. */
const DOMAINS: readonly { readonly data: readonly RegExp[]; readonly nodes: readonly string[] }[] = [
  {
    data: [/code|github/i, word('stack', 'program', 'python', 'java', 'notebook', '代码')],
    nodes: ['advanced.generation.code', 'advanced.generation.sql', 'advanced.generation.structured'],
  },
  {
    data: [/math/i, word('arith', 'proof', 'gsm', 'stem', '数学')],
    nodes: ['basic.reasoning.math', 'basic.reasoning.symbolic'],
  },
  {
    data: [/wiki|arxiv/i, word('book', 'encyclop', 'paper', 'knowledge', '百科', '教材', '知识')],
    nodes: ['basic.knowledge'],
  },
  { data: [word('safe', 'refus', 'harm', '安全')], nodes: ['safety'] },
  {
    data: [word('json', 'tool', 'function_?call', 'format', '格式', '工具')],
    nodes: ['advanced.generation.structured', 'probe.format'],
  },
];

export const domainShare: Pattern = ({ members, telemetry }) => {
  const [cut] = cutShares(telemetry)
    .map((each) => ({ ...each, fallen: members.filter((member) => livesOn(member, each.part)) }))
    .sort((a, b) => b.fallen.length - a.fallen.length);
  if (cut === undefined || cut.fallen.length < MATCH * members.length) return null;
  const names = (language: 'en' | 'zh') =>
    cut.fallen.map(({ capability }) => nameOf(capability)[language]).join(language === 'en' ? ', ' : '、');
  const mayBeOther = isUnstable(telemetry);
  return {
    action: `Raise the share of "${cut.part}" in the data mix back towards ${sayPercent(cut.from)}, or replay some of it.`,
    why: `What fell (${names('en')}) lives on such data, and its share of the mix went from ${sayPercent(cut.from)} to ${sayPercent(cut.to)} by step ${sayStep(cut.at)}.`,
    against: mayBeOther
      ? 'Loss or learning rate also moved at that time, so the mix may not be the only cause.'
      : `That "${cut.part}" is what they live on is told by its name alone.`,
    confidence: mayBeOther ? 'low' : 'medium',
    change: cut.giveBack,
    zh: {
      action: `把数据配比中“${cut.part}”的份额提回到约 ${sayPercent(cut.from)}，或回放一部分该类数据。`,
      why: `下降的能力（${names('zh')}）依赖此类数据；到第 ${sayStep(cut.at)} 步，其配比从 ${sayPercent(cut.from)} 变为 ${sayPercent(cut.to)}。`,
      against: mayBeOther
        ? '同时损失或学习率也有变化，配比未必是唯一原因。'
        : `“${cut.part}”与这些能力的联系只是由名称推断的。`,
    },
  };
};

/** By the capability, or because a task of it bears the name of the data. */
function livesOn({ capability, tasks }: AlertMember, part: string): boolean {
  const domains = DOMAINS.filter(({ data }) => data.some((name) => name.test(part)));
  const isNamed =
    part.length >= 4 && tasks.length > 0 && tasks.every((task) => task.toLowerCase().includes(part.toLowerCase()));
  return isNamed || domains.some(({ nodes }) => nodes.some((node) => isWithin(capability, node)));
}
