/** What the team changed and what came of it, in lines. */
import { type EffectReply, type InterventionReply, notableEffects } from '../../daemon/read-interventions.ts';
import type { Palette } from '../terminal/color.ts';
import { printable } from '../terminal/width.ts';

export function renderInterventions(interventions: readonly InterventionReply[], palette: Palette): string {
  return interventions.map((each) => blockOf(each, palette).join('\n')).join('\n');
}

function blockOf({ step, note, by, after_steps: after, effects }: InterventionReply, palette: Palette): string[] {
  const head = `${palette.bold(`step ${say(step)}`)}: ${printable(note)} ${palette.dim(`(${printable(by)})`)}`;
  if (after.length === 0) return [head, palette.dim('  no checkpoint with it is evaluated yet')];
  const shown = notableEffects(effects);
  if (shown.length === 0)
    return [head, palette.dim(`  nothing moved beyond its jitter over ${after.length} checkpoints after it`)];
  return [head, ...shown.map((each) => effectLine(each, after.length, palette))];
}

function effectLine(effect: EffectReply, checkpoints: number, palette: Palette): string {
  const { name, metric, difference, before, after, z } = effect;
  const [low, high] = effect.ci95;
  const isPoints = metric === 'score' || (before >= 0 && before <= 1 && after >= 0 && after <= 1);
  const figure = (value: number) => (isPoints ? (100 * value).toFixed(1) : String(Number(value.toPrecision(3))));
  const signed = `${difference < 0 ? '' : '+'}${figure(difference)}${isPoints ? ' points' : ''}`;
  const title = name.zh === name.en ? name.en : `${name.en} ${name.zh}`;
  const line =
    `  after it ${printable(title)}: ${signed} [${figure(low)}, ${figure(high)}] ` +
    `(${figure(before)} -> ${figure(after)}, ${checkpoints === 1 ? '1 checkpoint' : `${checkpoints} checkpoints`})`;
  const isSure = low > 0 || high < 0;
  if (!isSure) return palette.dim(line);
  return z > 0 ? palette.green(line) : palette.red(line);
}

const say = (step: number): string => step.toLocaleString('en-US');
