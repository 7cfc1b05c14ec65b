/** Perturbations by name, and the text perturbations that mixes are made of. */
import { LibraError } from '../../domain/errors.ts';
import { nearestTo } from '../tasks/task-index.ts';
import type { ChangeText, Perturbation, TextPerturbation } from './perturbation.ts';
import { PERTURBATIONS } from './perturbations/index.ts';
import { changeOpenText, type SpanKind } from './protected-spans.ts';
import type { TextLanguage } from './text-language.ts';

/**
 * In the order named, each once.
 * @throws LibraError LIBRA_CONFIG_INVALID for a name that is none
 */
export function findPerturbations(names: readonly string[]): Perturbation[] {
  return [...new Set(names)].map((name) => {
    const found = PERTURBATIONS.find((one) => one.name === name);
    if (found !== undefined) return found;
    const known = PERTURBATIONS.map((one) => one.name);
    const nearest = nearestTo(name, known);
    throw new LibraError('LIBRA_CONFIG_INVALID', `There is no perturbation '${name}'.`, {
      hint: nearest === undefined ? `Use some of: ${known.join(', ')}.` : `Did you mean '${nearest}'?`,
    });
  });
}

/** What a perturbation does to a text in a language: a name that the random numbers are drawn for, and the steps, none for another language. */
export interface TextSteps {
  readonly name: string;
  readonly steps: readonly TextPerturbation[];
}

export function stepsFor(perturbation: Perturbation, language: TextLanguage): TextSteps {
  switch (perturbation.kind) {
    case 'text':
      return { name: perturbation.name, steps: perturbation.language === language ? [perturbation] : [] };
    case 'mix': {
      const steps = findPerturbations(perturbation.steps).flatMap((step) => stepsFor(step, language).steps);
      return { name: perturbation.name, steps };
    }
    case 'by-language':
      return stepsFor(findPerturbations([perturbation.of[language]])[0]!, language);
    case 'task':
      return { name: perturbation.name, steps: [] };
  }
}

/** All steps as one change that leaves protected spans alone; what the steps alter differently is cut up anew. */
export async function loadSteps(steps: readonly TextPerturbation[]): Promise<ChangeText> {
  const groups: { readonly alters: readonly SpanKind[]; readonly changes: ChangeText[] }[] = [];
  for (const { load, alters = [] } of steps) {
    const last = groups.at(-1);
    if (last?.alters.join() === alters.join()) last.changes.push(await load());
    else groups.push({ alters, changes: [await load()] });
  }
  return (text, random) =>
    groups.reduce((before, { alters, changes }) => {
      const changeAll = (open: string) => changes.reduce((changed, change) => change(changed, random), open);
      return changeOpenText(before, changeAll, alters);
    }, text);
}

/** Names and revisions of everything that decides what a perturbation does. */
export function revisionsOf(perturbation: Perturbation): readonly unknown[] {
  const own = [perturbation.name, perturbation.revision];
  switch (perturbation.kind) {
    case 'mix':
      return [own, ...findPerturbations(perturbation.steps).map(revisionsOf)];
    case 'by-language':
      return [own, ...findPerturbations(Object.values(perturbation.of)).map(revisionsOf)];
    default:
      return [own];
  }
}
