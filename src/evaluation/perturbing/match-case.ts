/** A word written as another is: all capitals, a capital first, or as it is. */
export function matchCase(word: string, model: string): string {
  if (model.length > 1 && model === model.toUpperCase()) return word.toUpperCase();
  const first = model[0]!;
  return first === first.toLowerCase() ? word : word[0]!.toUpperCase() + word.slice(1);
}
