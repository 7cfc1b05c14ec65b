/** A state, a severity or a verdict: said in words, coloured only beside that. */
import { say, useWords } from '../words.ts';

export function Badge({ word }: { readonly word: string }) {
  const { states, severities, verdicts } = useWords();
  return <span class={`badge ${word}`}>{say({ ...verdicts, ...severities, ...states }, word)}</span>;
}
