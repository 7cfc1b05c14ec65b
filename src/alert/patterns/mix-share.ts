/** One language falls, and its share of the data mix was cut: give the share back, or replay it. */
import { cutShares, isUnstable } from '../cut-shares.ts';
import { nameOfLanguage, normaliseLanguage } from '../language.ts';
import type { Pattern, PatternContext } from '../pattern.ts';
import { sayPercent, sayStep } from '../say.ts';

/** Part of the members that must be in the language whose share was cut. */
const MATCH = 0.6;

export const mixShare: Pattern = (context) => {
  const { telemetry } = context;
  const [cut] = cutShares(telemetry)
    .map((each) => ({ ...each, language: normaliseLanguage(each.part) }))
    .map((each) => ({ ...each, match: each.language ? shareInLanguage(context, each.language) : 0 }))
    .sort((a, b) => b.match - a.match);
  if (!cut?.language || cut.match < MATCH) return null;
  const name = nameOfLanguage(cut.language);
  const mayBeOther = isUnstable(telemetry);
  return {
    action: `Raise the share of ${name.en} ("${cut.part}") in the data mix back towards ${sayPercent(cut.from)}, or replay some of it.`,
    why: `${sayPercent(cut.match)} of what fell is ${name.en}, and its share of the mix went from ${sayPercent(cut.from)} to ${sayPercent(cut.to)} by step ${sayStep(cut.at)}.`,
    against: mayBeOther
      ? 'Loss or learning rate also moved at that time, so the mix may not be the only cause.'
      : 'The new data may still be worth it: compare what it gained before you turn back.',
    confidence: mayBeOther ? 'medium' : 'high',
    change: cut.giveBack,
    zh: {
      action: `把数据配比中${name.zh}（“${cut.part}”）的份额提回到约 ${sayPercent(cut.from)}，或回放一部分该类数据。`,
      why: `下降的能力中 ${sayPercent(cut.match)} 是${name.zh}；到第 ${sayStep(cut.at)} 步，其配比从 ${sayPercent(cut.from)} 变为 ${sayPercent(cut.to)}。`,
      against: mayBeOther
        ? '同时损失或学习率也有变化，配比未必是唯一原因。'
        : '新数据也可能值得：回退前请先比较它带来的提升。',
    },
  };
};

/** Mean over members of the share of their tasks that are in the language; tasks of unknown language speak neither way. */
function shareInLanguage({ members, languageOf }: PatternContext, language: string): number {
  const shares = members.flatMap((member) => {
    const known = member.tasks.map((task) => languageOf[task]).filter((each) => each !== undefined);
    return known.length ? [known.filter((each) => normaliseLanguage(each) === language).length / known.length] : [];
  });
  return shares.length ? shares.reduce((sum, share) => sum + share, 0) / shares.length : 0;
}
