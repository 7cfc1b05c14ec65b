/** One language falls, and its share of the data mix was cut: give the share back, or replay it. */
import { nameOfLanguage, normaliseLanguage } from '../language.ts';
import type { Pattern, PatternContext } from '../pattern.ts';
import { sayPercent, sayStep } from '../say.ts';

/** A share cut by at least this part of itself, and by at least this much of the whole mix. */
const CUT = 0.3;
const LEAST = 0.05;
/** Part of the members that must be in the language whose share was cut. */
const MATCH = 0.6;

export const mixShare: Pattern = (context) => {
  const { telemetry } = context;
  const { dataMixBefore: before, dataMixAfter: after, dataMixChangedAt: at } = telemetry;
  if (!before || !after || at === null) return null;
  const cut = Object.keys(before)
    .map((part) => ({ part, from: before[part] ?? 0, to: after[part] ?? 0, language: normaliseLanguage(part) }))
    .filter(({ from, to }) => from - to >= LEAST && from - to >= CUT * from)
    .map((each) => ({ ...each, match: each.language ? shareInLanguage(context, each.language) : 0 }))
    .sort((a, b) => b.match - a.match)[0];
  if (!cut?.language || cut.match < MATCH) return null;
  const name = nameOfLanguage(cut.language);
  const isUnstable = telemetry.spikes.loss !== null || telemetry.spikes.learningRate !== null;
  return {
    action: `Raise the share of ${name.en} ("${cut.part}") in the data mix back towards ${sayPercent(cut.from)}, or replay some of it.`,
    why: `${sayPercent(cut.match)} of what fell is ${name.en}, and its share of the mix went from ${sayPercent(cut.from)} to ${sayPercent(cut.to)} by step ${sayStep(at)}.`,
    against: isUnstable
      ? 'Loss or learning rate also moved at that time, so the mix may not be the only cause.'
      : 'The new data may still be worth it: compare what it gained before you turn back.',
    confidence: isUnstable ? 'medium' : 'high',
    change: { kind: 'raise_share', part: cut.part, share: cut.from, mix: withShare(after, cut.part, cut.from) },
    zh: {
      action: `把数据配比中${name.zh}（“${cut.part}”）的份额提回到约 ${sayPercent(cut.from)}，或回放一部分该类数据。`,
      why: `下降的能力中 ${sayPercent(cut.match)} 是${name.zh}；到第 ${sayStep(at)} 步，其配比从 ${sayPercent(cut.from)} 变为 ${sayPercent(cut.to)}。`,
      against: isUnstable
        ? '同时损失或学习率也有变化，配比未必是唯一原因。'
        : '新数据也可能值得：回退前请先比较它带来的提升。',
    },
  };
};

/** The mix with another share of one part; the others keep their proportions and give what it takes. */
function withShare(mix: Readonly<Record<string, number>>, part: string, share: number): Record<string, number> {
  const others = Object.entries(mix).filter(([name]) => name !== part);
  const sum = others.reduce((total, [, each]) => total + each, 0);
  const scaled = others.map(([name, each]) => [name, sum === 0 ? 0 : (each * (1 - share)) / sum] as const);
  return Object.fromEntries([...scaled, [part, share]]);
}

/** Mean over members of the share of their tasks that are in the language; tasks of unknown language speak neither way. */
function shareInLanguage({ members, languageOf }: PatternContext, language: string): number {
  const shares = members.flatMap((member) => {
    const known = member.tasks.map((task) => languageOf[task]).filter((each) => each !== undefined);
    return known.length ? [known.filter((each) => normaliseLanguage(each) === language).length / known.length] : [];
  });
  return shares.length ? shares.reduce((sum, share) => sum + share, 0) / shares.length : 0;
}
