/**
 * Python's `random.Random`: lm-evaluation-harness draws few-shot examples with it, so equal prompts need equal draws.
 * Sources: Matsumoto & Nishimura, "Mersenne Twister" (1998), reference code mt19937ar; CPython's documented `sample` and `randbelow`.
 */

const N = 624;
const M = 397;

export interface PythonRandom {
  /** Uniform integer in [0, 2^32). */
  uint32(): number;
  /**
   * Fills `places` with uniform integers in [0, n), n <= 2^21, as `random.choices(range(n), k=len(places))` draws them:
   * floor(random() x n), random() being (a x 2^26 + b) / 2^53 of the upper 27 and 26 bits of two outputs a and b.
   */
  fillChoices(places: Uint32Array, n: number): void;
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
    return temper(state[position++]!);
  };

  const fillChoices = (places: Uint32Array, n: number): void => {
    if (n > 2 ** 21) throw new RangeError(`Resampling more than ${2 ** 21} docs is not supported, but there are ${n}.`);
    // The upper half of the bits settles the place but for one draw in many millions: the other output is then left alone.
    const perUpper = n / 2 ** 27;
    const unsettled = 1 - 2 * perUpper;
    // An output is passed over by moving on; a draw whose two outputs lie on both sides of a twist takes the plain way.
    for (let i = 0; i < places.length; ) {
      if (position >= N) {
        twist(state);
        position = 0;
      }
      const pairs = Math.min((N - position) >> 1, places.length - i);
      for (const end = i + pairs; i < end; i++) {
        const upper = temper(state[position]!) >>> 5;
        const scaled = upper * perUpper;
        let place = scaled | 0;
        if (scaled - place > unsettled) place = placeOf(upper, temper(state[position + 1]!) >>> 6, n);
        places[i] = place;
        position += 2;
      }
      if (i < places.length && position === N - 1) {
        const upper = uint32() >>> 5;
        places[i++] = placeOf(upper, uint32() >>> 6, n);
      }
    }
  };

  const below = (n: number): number => {
    const bits = bitLength(n);
    const shift = 32 - Math.min(bits, 32);
    for (;;) {
      const r = uint32() >>> shift;
      if (r < n) return r;
    }
  };

  return { uint32, fillChoices, below, sampleIndices: (n, k) => sample(n, k, below) };
}

function temper(output: number): number {
  let y = output;
  y ^= y >>> 11;
  y ^= (y << 7) & 0x9d2c5680;
  y ^= (y << 15) & 0xefc60000;
  y ^= y >>> 18;
  return y >>> 0;
}

function placeOf(upper: number, lower: number, n: number): number {
  return Math.floor(((upper * 2 ** 26 + lower) / 2 ** 53) * n);
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

function twist(state: Int32Array): void {
  for (let i = 0; i < N - M; i++) state[i] = state[i + M]! ^ mixed(state[i]!, state[i + 1]!);
  for (let i = N - M; i < N - 1; i++) state[i] = state[i + M - N]! ^ mixed(state[i]!, state[i + 1]!);
  state[N - 1] = state[M - 1]! ^ mixed(state[N - 1]!, state[0]!);
}

function mixed(high: number, low: number): number {
  const y = (high & 0x80000000) | (low & 0x7fffffff);
  return (y >>> 1) ^ (-(y & 1) & 0x9908b0df);
}

/** init_by_array of the reference implementation. */
function seedByArray(key: readonly number[]): Int32Array {
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

function seedByNumber(seed: number): Int32Array {
  const state = new Int32Array(N);
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
