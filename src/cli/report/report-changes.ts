/** What was changed during a run, and what came of it: by the team, in the data mix, and the answers to alerts. */
import { isProportion, sayChange, sayMix, sayRange, sayStep } from '../../alert/say.ts';
import { notableEffects } from '../../daemon/read-interventions.ts';
import type { ReportAlert, ReportFacts } from '../../daemon/read-report.ts';
import { isProbe, nameOf } from '../../domain/capability.ts';
import type { ReportBlock } from './report-document.ts';
import { lastOf, sayFigure, sayPoint, sayTime, titleOf } from './report-figures.ts';
import type { ReportWords } from './report-words.ts';

/** What the team changed with its effect, changes of the data mix with the checkpoints on both sides, and what the team answered with where its capabilities stand now. */
export function changeBlocks(facts: ReportFacts, words: ReportWords): ReportBlock[] {
  const heading = { kind: 'heading' as const, text: words.changes };
  const mixes = facts.mixChanges.map(({ step, before, after }) => {
    const effect = effectsAt(facts, step, words);
    const what = words.mixChange(sayStep(step), sayMix(before), sayMix(after));
    return effect === '' ? what : `${what}. ${words.effects(effect)}`;
  });
  const answers = facts.alerts.flatMap((alert) =>
    alert.answers.map((answer) => {
      const said = words.answer(sayTime(answer.at), answer.by, words.alertStates[answer.to], answer.why ?? '');
      const standing = alert.members.slice(0, 5).map((member) => standingOf(member, facts, words));
      return standing.length === 0 ? said : `${said} (${standing.join('; ')})`;
    }),
  );
  const interventions = facts.interventions.map((each) => {
    const said = words.intervention(sayStep(each.step), each.note, each.by);
    const effect = effectOf(each, words);
    return effect === '' ? said : `${said}. ${words.afterIt(effect)}`;
  });
  const items = [...interventions, ...mixes, ...answers];
  return items.length === 0
    ? [heading, { kind: 'paragraph', text: words.noChanges }]
    : [heading, { kind: 'list', items }];
}

/** What was in an alert then, and beside it the clearest others. */
function effectOf({ effects }: ReportFacts['interventions'][number], words: ReportWords): string {
  return notableEffects(effects)
    .map(({ name, metric, before, after, difference, ci95 }) => {
      const unit = isProportion(metric) ? 'proportion' : metric;
      const change = `${sayChange(difference, metric, '')} ${sayRange(ci95, metric)}`;
      return words.mixEffect(
        name[words.language],
        `${sayFigure(before, unit)} -> ${sayFigure(after, unit)} (${change})`,
      );
    })
    .join('; ');
}

/** The capabilities that moved most between the two evaluated checkpoints around a step. */
function effectsAt({ trend }: ReportFacts, step: number, words: ReportWords): string {
  return trend.series
    .filter(({ capability, metric }) => capability !== null && !isProbe(capability) && metric === 'score')
    .flatMap((series) => {
      const measured = series.points.filter(({ value }) => value !== null);
      const before = measured.findLast((point) => point.step < step);
      const after = measured.find((point) => point.step > step);
      if (!before || !after || before.segment !== after.segment) return [];
      return [{ series, before, after, size: Math.abs(after.value! - before.value!) }];
    })
    .sort((a, b) => b.size - a.size)
    .slice(0, 4)
    .map(({ series, before, after }) =>
      words.mixEffect(titleOf(series, words), `${sayPoint(before, series.unit)} -> ${sayPoint(after, series.unit)}`),
    )
    .join('; ');
}

function standingOf(member: ReportAlert['members'][number], { trend }: ReportFacts, words: ReportWords): string {
  const unit = isProportion(member.metric) ? 'proportion' : member.metric;
  const series = trend.series.find(({ capability }) => capability === member.capability);
  const now = series === undefined ? undefined : lastOf(series);
  return words.standing(
    nameOf(member.capability)[words.language],
    sayFigure(member.from, unit),
    sayFigure(member.to, unit),
    now === undefined ? '?' : sayPoint(now, series!.unit),
  );
}
