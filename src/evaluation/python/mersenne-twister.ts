/**
 * Python's `random.Random`: lm-evaluation-harness draws few-shot examples with it, so equal prompts need equal draws.
 * Sources: Matsumoto & Nishimura, "Mersenne Twister" (1998), reference code mt19937ar; CPython's documented `sample` and `randbelow`.
 */

const N = 624;
const M = 397;

export interface PythonRandom {
  /** Uniform integer in [0, 2^32). */
  uint32(): number;
  /** Uniform integer in [0, n), n <= 2^32, drawn as CPython's `_randbelow_with_getrandbits`. */
  below(n: number): number;
  /** `k` distinct indices of a population of `n`, in the order `random.sample` gives them. */
  sampleIndices(n: number, k: number): number[];
}

/** Same sequence as `random.Random(seed)` for a non-negative integer seed below 2^53. */
export function createPythonRandom(seed: number): PythonRandom {
  const state = seedByArray(wordsOf(seed));
  let position = N;

  const uint32 = (): number => {
    if (position >= N) {
      twist(state);
      position = 0;
    }
    let y = state[position++]!;
    y ^= y >>> 11;
    y ^= (y << 7) & 0x9d2c5680;
    y ^= (y << 15) & 0xefc60000;
    y ^= y >>> 18;
    return y >>> 0;
  };

  const below = (n: number): number => {
    const bits = bitLength(n);
    const shift = 32 - Math.min(bits, 32);
    for (;;) {
      const r = uint32() >>> shift;
      if (r < n) return r;
    }
  };

  return { uint32, below, sampleIndices: (n, k) => sample(n, k, below) };
}

/** Small populations are drawn from a shrinking pool, large ones by rejection: the same choice as CPython makes. */
function sample(n: number, k: number, below: (n: number) => number): number[] {
  if (k < 0 || k > n) throw new RangeError(`A sample of ${k} cannot be drawn from ${n}.`);
  const setSize = k > 5 ? 21 + 4 ** Math.ceil(Math.log(k * 3) / Math.log(4)) : 21;
  if (n <= setSize) {
    const pool = Array.from({ length: n }, (_, i) => i);
    return Array.from({ length: k }, (_, i) => {
      const j = below(n - i);
      const drawn = pool[j]!;
      pool[j] = pool[n - i - 1]!;
      return drawn;
    });
  }
  const drawn = new Set<number>();
  while (drawn.size < k) drawn.add(below(n));
  return [...drawn];
}

function twist(state: Uint32Array): void {
  for (let i = 0; i < N; i++) {
    const y = (state[i]! & 0x80000000) | (state[(i + 1) % N]! & 0x7fffffff);
    state[i] = state[(i + M) % N]! ^ (y >>> 1) ^ (y & 1 ? 0x9908b0df : 0);
  }
}

/** init_by_array of the reference implementation. */
function seedByArray(key: readonly number[]): Uint32Array {
  const state = seedByNumber(19650218);
  let i = 1;
  let j = 0;
  for (let k = Math.max(N, key.length); k > 0; k--) {
    const previous = state[i - 1]! ^ (state[i - 1]! >>> 30);
    state[i] = (state[i]! ^ Math.imul(previous, 1664525)) + key[j]! + j;
    if (++i >= N) {
      state[0] = state[N - 1]!;
      i = 1;
    }
    if (++j >= key.length) j = 0;
  }
  for (let k = N - 1; k > 0; k--) {
    const previous = state[i - 1]! ^ (state[i - 1]! >>> 30);
    state[i] = (state[i]! ^ Math.imul(previous, 1566083941)) - i;
    if (++i >= N) {
      state[0] = state[N - 1]!;
      i = 1;
    }
  }
  state[0] = 0x80000000;
  return state;
}

function seedByNumber(seed: number): Uint32Array {
  const state = new Uint32Array(N);
  state[0] = seed;
  for (let i = 1; i < N; i++) {
    const previous = state[i - 1]! ^ (state[i - 1]! >>> 30);
    state[i] = Math.imul(previous, 1812433253) + i;
  }
  return state;
}

function wordsOf(seed: number): number[] {
  const low = seed % 2 ** 32;
  const high = Math.floor(seed / 2 ** 32);
  return high > 0 ? [low, high] : [low];
}

function bitLength(n: number): number {
  return n <= 0 ? 0 : Math.floor(Math.log2(n)) + 1;
}
