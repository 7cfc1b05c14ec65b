/** How far apart two engines' answers to the same docs are. */
import type { Sample } from '../../../src/domain/sample.ts';

export interface Compared {
  readonly task: string;
  readonly docs: number;
  /** Largest difference of a log-probability of a continuation or text (nats). */
  readonly largest: number;
  readonly mean: number;
  /** Docs whose best choice or generated text differs. */
  readonly different: readonly string[];
}

export function compareSamples(task: string, ours: readonly Sample[], theirs: readonly Sample[]): Compared {
  const gaps: number[] = [];
  const different: string[] = [];
  for (const [at, one] of ours.entries()) {
    const other = theirs[at];
    const [a, b] = [one.answer, other?.answer ?? null];
    if (a === null || b === null || a.kind !== b.kind) {
      if (a !== null || b !== null)
        different.push(`${one.docId}: ${one.error ?? 'answered'} / ${other?.error ?? 'answered'}`);
      continue;
    }
    if (a.kind === 'text' || b.kind === 'text') {
      if (a.kind === 'text' && b.kind === 'text' && a.text !== b.text)
        different.push(`${one.docId}: ${JSON.stringify(a.text)} / ${JSON.stringify(b.text)}`);
      continue;
    }
    const [mine, yours] = [valuesOf(a), valuesOf(b)];
    gaps.push(...mine.map((value, index) => Math.abs(value - (yours[index] ?? Number.NaN))));
    if (bestOf(mine) !== bestOf(yours)) different.push(`${one.docId}: ${mine.join(', ')} / ${yours.join(', ')}`);
  }
  const sum = gaps.reduce((total, gap) => total + gap, 0);
  return {
    task,
    docs: ours.length,
    largest: Math.max(0, ...gaps),
    mean: gaps.length === 0 ? 0 : sum / gaps.length,
    different,
  };
}

type Answer = NonNullable<Sample['answer']>;

function valuesOf(answer: Exclude<Answer, { kind: 'text' }>): readonly number[] {
  return answer.kind === 'choice' ? answer.logprobs : [answer.logprob];
}

function bestOf(values: readonly number[]): number {
  return values.indexOf(Math.max(...values));
}

interface Speed {
  readonly start: number;
  /** Task -> seconds. */
  readonly tasks: ReadonlyMap<string, number>;
}

export function report(compared: readonly Compared[], { embedded, vllm }: { embedded: Speed; vllm: Speed }): string {
  const lines = compared.flatMap(({ task, docs, largest, mean, different }) => {
    const [a, b] = [embedded.tasks.get(task) ?? 0, vllm.tasks.get(task) ?? 0];
    const head = `${task}: ${docs} docs, largest difference ${largest.toExponential(1)} (mean ${mean.toExponential(1)}), ${different.length} decided otherwise; ${a.toFixed(1)} s embedded, ${b.toFixed(1)} s vLLM (${(b / a).toFixed(1)} x)`;
    return [head, ...different.map((line) => `  ${line}`)];
  });
  const start = `ready after ${embedded.start.toFixed(1)} s embedded, ${vllm.start.toFixed(1)} s vLLM (${(vllm.start / embedded.start).toFixed(0)} x)`;
  return `${[...lines, start].join('\n')}\n`;
}
