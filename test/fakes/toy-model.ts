/** The toy model behind the fake engine: tokens are code points, but "qu" is one token; `b` follows `a` with probability e^-0.1. */

const QU = 2_000_000;

export function encode(text: string): number[] {
  return (text.match(/qu|./gsu) ?? []).map((part) => (part === 'qu' ? QU : part.codePointAt(0)!));
}

export function decode(ids: readonly number[]): string {
  return ids.map((id) => (id === QU ? 'qu' : String.fromCodePoint(id))).join('');
}

/** The most probable next token. */
export function nextOf(id: number): number {
  return id === QU ? 122 : id + 1;
}

/** Log-probability of `id` after `previous`; depends on nothing else, so that expected values can be written down. */
export function toyLogprob(previous: number, id: number): number {
  return id === nextOf(previous) ? -0.1 : -(2 + ((previous * 31 + id * 17) % 100) / 50);
}

/** Sum over the last `scored` tokens of a sequence. */
export function toySum(ids: readonly number[], scored: number): number {
  return ids.slice(-scored).reduce((sum, id, at) => sum + toyLogprob(ids[ids.length - scored + at - 1]!, id), 0);
}
