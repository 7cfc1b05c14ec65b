/** How each mean is made and where each score comes from, in words. Pure. */
import type { OnceEvaluated } from '../../daemon/evaluate-once.ts';
import type { Provenance } from '../../domain/provenance.ts';
import type { CapabilityScore } from '../../domain/score.ts';
import type { Palette } from '../terminal/color.ts';
import { shown } from '../terminal/figure.ts';

const HEAD =
  'Each score is over the docs of its task; a capability is the arithmetic mean of the tasks below it, by their first metric.';

export function explainScores({ measured, provenance, facts }: OnceEvaluated, palette: Palette): string {
  const { engine, engineVersion, dtype, device, isVerified } = facts.model;
  const weights = facts.fingerprint === '' ? 'of unknown weights' : `of the weights ${facts.fingerprint}`;
  const verified = isVerified ? '' : ', which could not show that it serves them';
  return [
    HEAD,
    `Asked ${weights}, by ${engine} ${engineVersion} (${dtype}, ${device})${verified}; Libra ${facts.libraVersion}.`,
    palette.bold('Tasks'),
    ...provenance.flatMap(explainTask),
    palette.bold('Means'),
    ...measured.capabilities.map(explainNode),
  ].join('\n');
}

function explainTask(one: Provenance): string[] {
  const { docs, fewshot } = one;
  const lost = docs.asked - docs.answered;
  const failed = lost > 0 ? `, ${lost} without an answer and left out` : '';
  const seed = fewshot.seed === null ? '' : `, drawn with seed ${fewshot.seed}`;
  const shots =
    fewshot.shots === 0 ? '0-shot' : `${fewshot.shots}-shot (${fewshot.sampler}, from ${fewshot.split}${seed})`;
  const filters = Object.entries(one.filters)
    .filter(([, steps]) => steps.length > 0)
    .map(([name, steps]) => `    filter ${name}: ${steps.join(' -> ')}`);
  return [
    `  ${one.task} (version ${one.taskVersion}, hash ${one.taskHash}): ${shots}, the first ${docs.asked} of ${docs.of} docs in the fixed random order${failed}`,
    `    prompt ${one.promptHash}, data ${one.dataHash}${one.chat === null ? '' : `, asked as chat: ${one.chat}`}, ${one.file}`,
    ...filters,
  ];
}

function explainNode({ capability, value, members, missing }: CapabilityScore): string {
  const shares = new Set(members.map(({ weight }) => weight));
  const parts = members.map(
    (member) =>
      `${shares.size > 1 ? `${member.weight.toFixed(3)} x ` : ''}${member.name} ${member.metric} ${shown(member.value)} (n ${member.n})`,
  );
  const mean = `(${parts.join(' + ')}) / ${members.length}`;
  if (missing.length === 0) return `  ${capability} ${shown(value)} = ${mean}`;
  const lacking = missing.map(({ name, reason }) => `${name} (${reason})`).join('; ');
  return `  ${capability} is a gap: it lacks ${lacking}. Measured of it: ${parts.join(', ')}`;
}
