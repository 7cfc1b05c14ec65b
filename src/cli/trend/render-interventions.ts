/** What the team changed and what came of it, in lines. */
import { sayChange, sayRange, sayScore, sayStep } from '../../alert/say.ts';
import { type EffectReply, type InterventionReply, notableEffects } from '../../daemon/read-interventions.ts';
import type { Palette } from '../terminal/color.ts';
import { printable } from '../terminal/width.ts';

export function renderInterventions(interventions: readonly InterventionReply[], palette: Palette): string {
  return interventions.map((each) => blockOf(each, palette).join('\n')).join('\n');
}

function blockOf({ step, note, by, after_steps: after, effects }: InterventionReply, palette: Palette): string[] {
  const head = `${palette.bold(`step ${sayStep(step)}`)}: ${printable(note)} ${palette.dim(`(${printable(by)})`)}`;
  if (after.length === 0) return [head, palette.dim('  no checkpoint with it is evaluated yet')];
  const shown = notableEffects(effects);
  if (shown.length === 0)
    return [head, palette.dim(`  nothing moved beyond its jitter over ${after.length} checkpoints after it`)];
  return [head, ...shown.map((each) => effectLine(each, after.length, palette))];
}

function effectLine({ name, metric, ...effect }: EffectReply, checkpoints: number, palette: Palette): string {
  const { difference, before, after, ci95, z } = effect;
  const title = name.zh === name.en ? name.en : `${name.en} ${name.zh}`;
  const line =
    `  after it ${printable(title)}: ${sayChange(difference, metric, ' points')} ${sayRange(ci95, metric)} ` +
    `(${sayScore(before, metric)} -> ${sayScore(after, metric)}, ${checkpoints === 1 ? '1 checkpoint' : `${checkpoints} checkpoints`})`;
  const isSure = ci95[0] > 0 || ci95[1] < 0;
  if (!isSure) return palette.dim(line);
  return z > 0 ? palette.green(line) : palette.red(line);
}
