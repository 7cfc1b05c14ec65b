/** Brings two measurements of a task together: are they comparable, and which doc of one is which doc of the other? Pure. */
import type { Outcomes } from '../domain/score.ts';
import { isSameRecipe } from '../evaluation/harness/read-recipe.ts';
import { summaryOf } from '../trend/summary-panel.ts';
import type { SideTask } from './comparison-side.ts';

export interface AlignedTask {
  /** Of the docs both have, in one order; of whole measurements where a side knows no docs. */
  readonly a: Outcomes;
  readonly b: Outcomes;
  /** Places of the shared docs on each side; empty where nothing is paired. */
  readonly places: readonly (readonly [a: number, b: number])[];
}

/** A clause of why not, where the two are not comparable. */
export function alignTask(a: SideTask, b: SideTask): AlignedTask | { readonly reason: string } {
  const metric = [a.primaryMetric, b.primaryMetric].find((one) => a.outcomes.has(one) && b.outcomes.has(one));
  if (metric === undefined) return { reason: `measured by ${a.primaryMetric} and by ${b.primaryMetric}` };
  const difference = differenceOf(a, b);
  if (difference !== null) return { reason: difference };
  const [ofA, ofB] = [a.outcomes.get(metric)!, b.outcomes.get(metric)!];
  if (ofA.summary || ofB.summary) {
    const hasNoError = [ofA, ofB].some(
      ({ summary }) => Number.isNaN(summary?.stderr) && summaryOf({ ...ofA, summary: summary! }).stderr === 0,
    );
    if (hasNoError) return { reason: 'neither its docs nor an error are known' };
    return {
      a: { ...ofA, values: new Float32Array(), summary: summaryOf(ofA) },
      b: { ...ofB, values: new Float32Array(), summary: summaryOf(ofB), taskHash: ofA.taskHash },
      places: [],
    };
  }
  const shared = sharedPlaces(a, b, ofA.values.length);
  if (shared.length > 0 && havePromptsOfTheirOwn(a, b, shared))
    return { reason: 'the same docs were asked with other prompts' };
  const places = shared.filter(([at, bt]) => Number.isFinite(ofA.values[at]) && Number.isFinite(ofB.values[bt]));
  if (places.length === 0) return { reason: 'the two answered different docs' };
  return {
    a: { ...ofA, values: Float32Array.from(places, ([at]) => ofA.values[at]!), failed: 0 },
    b: { ...ofB, values: Float32Array.from(places, ([, bt]) => ofB.values[bt]!), failed: 0, taskHash: ofA.taskHash },
    places,
  };
}

function differenceOf(a: SideTask, b: SideTask): string | null {
  if (a.taskHash === b.taskHash) return null;
  if (a.recipe === null || b.recipe === null) return 'version, prompt, shots, filter or scoring differ';
  if (isSameRecipe(a.recipe, b.recipe)) return null;
  const keys = Object.keys(a.recipe).filter(
    (key) => !isSameRecipe({ [key]: a.recipe![key] }, { [key]: b.recipe![key] }),
  );
  return `asked differently: ${keys.join(', ')}`;
}

/** By what their docs are recognised by; by their places where both are of one order. */
function sharedPlaces(a: SideTask, b: SideTask, length: number): (readonly [number, number])[] {
  if (a.docs === null || b.docs === null) return Array.from({ length }, (_, i) => [i, i] as const);
  const byKey = new Map(b.docs.map(({ key }, place) => [key, place]));
  const byId = new Map(b.docs.map(({ id }, place) => [id, place]));
  return a.docs.flatMap(({ key, id }, place) => {
    const exact = byKey.get(key);
    if (exact !== undefined) return [[place, exact] as const];
    const other = byId.get(id);
    if (other === undefined) return [];
    return key.startsWith('id:') || b.docs![other]!.key.startsWith('id:') ? [[place, other] as const] : [];
  });
}

function havePromptsOfTheirOwn({ docs: a }: SideTask, { docs: b }: SideTask, places: AlignedTask['places']): boolean {
  if (a === null || b === null) return false;
  const compared = places.filter(([at, bt]) => a[at]!.promptHash !== null && b[bt]!.promptHash !== null);
  const same = compared.filter(([at, bt]) => a[at]!.promptHash === b[bt]!.promptHash);
  return same.length < compared.length / 2;
}
