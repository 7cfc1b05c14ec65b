/**
 * One replay watched by the built daemon, and what it cost: time from the last byte of a checkpoint to its evaluation, docs per second,
 * memory, latency of the trend API, and how much a training process beside it is slowed down.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { Worker } from 'node:worker_threads';
import { openStoreForReading } from '../../src/store/open-store.ts';
import type { LibraProcess } from '../e2e/libra-process.ts';
import { makePlace, type Place, replay, watch } from '../e2e/watched-replay.ts';

export interface Figure {
  readonly what: string;
  readonly value: string;
}

const RUN = 'forgetting';

export async function benchTimeLapse(): Promise<Figure[]> {
  await using place = await makePlace(100);
  const libra = watch(place, ['--until-idle', '3']);
  await libra.until(({ event }) => event === 'daemon.started', 'start');
  const memory = followMemory(libra);
  await replay(RUN, place, { interval: 5, save: 1, keep: 3 });
  await libra.until(({ event }) => event === 'evaluation.finished', 'an evaluation');
  const trend = await timeTrendQueries(place);
  await libra.ended;
  return [...latencies(libra, place), ...throughput(libra), ...memory.stop(), ...trend];
}

/** From the trainer's last byte: to complete (the settle window is in it), to the start of the evaluation, to the first scored batch. */
function latencies(libra: LibraProcess, place: Place): Figure[] {
  const store = openStoreForReading({ directory: place.data, now: Date.now });
  try {
    const rows = store.checkpoints.ofRun(RUN).flatMap((checkpoint) => {
      const at = (name: string) => {
        const found = libra.events.find((event) => event.event === name && event.checkpoint === checkpoint.id);
        return found === undefined || checkpoint.lastByteAt === null
          ? Number.NaN
          : Date.parse(found.at) - checkpoint.lastByteAt;
      };
      return [
        { complete: at('checkpoint.complete'), started: at('evaluation.started'), scored: at('evaluation.progress') },
      ];
    });
    return (['complete', 'started', 'scored'] as const).map((key) => ({
      what: `last byte -> ${{ complete: 'complete (settle window 500 ms in it)', started: 'evaluation started', scored: 'first batch of answers kept (engine start in it)' }[key]}`,
      value: quantiles(
        rows.map((row) => row[key]),
        'ms',
      ),
    }));
  } finally {
    store.close();
  }
}

function throughput(libra: LibraProcess): Figure[] {
  const finished = libra.events.filter(({ event }) => event === 'evaluation.finished');
  return [
    {
      what: 'docs per second of a whole evaluation, engine start in it',
      value: quantiles(
        finished.map((event) => Number(event.docs) / Number(event.seconds)),
        '/s',
      ),
    },
    {
      what: 'seconds per checkpoint',
      value: quantiles(
        finished.map((event) => Number(event.seconds)),
        's',
      ),
    },
  ];
}

/** Peak resident memory, read from /proc while they live. */
function followMemory(libra: LibraProcess): { stop(): Figure[] } {
  let daemon = 0;
  let engine = 0;
  const peakOf = (pid: string): number => {
    try {
      return Number(/VmHWM:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0) / 1024;
    } catch {
      return 0;
    }
  };
  const timer = setInterval(() => {
    daemon = Math.max(daemon, peakOf(String(libra.child.pid)));
    for (const pid of readdirSync('/proc').filter((name) => /^\d+$/.test(name))) {
      const command = (() => {
        try {
          return readFileSync(`/proc/${pid}/cmdline`, 'utf8');
        } catch {
          return '';
        }
      })();
      if (command.includes('main.js\0serve\0')) engine = Math.max(engine, peakOf(pid));
    }
  }, 100);
  return {
    stop: () => {
      clearInterval(timer);
      return [
        { what: 'peak memory of the daemon', value: `${Math.round(daemon)} MB` },
        { what: 'peak memory of the engine', value: `${Math.round(engine)} MB` },
      ];
    },
  };
}

async function timeTrendQueries(place: Place): Promise<Figure[]> {
  const url = readFileSync(`${place.data}/address`, 'utf8').trim();
  const times: number[] = [];
  for (let i = 0; i < 100; i++) {
    const before = performance.now();
    const reply = await fetch(`${url}/api/v1/runs/${RUN}/trends?capability=*`);
    await reply.arrayBuffer();
    times.push(performance.now() - before);
  }
  return [{ what: 'GET trends of one capability while it evaluates', value: quantiles(times, 'ms') }];
}

/** Steps per second of a process that keeps every core busy, alone and with Libra evaluating beside it, in turn. */
export async function benchDisturbance(cores: number): Promise<Figure[]> {
  const alone: number[] = [];
  const beside: number[] = [];
  for (let round = 0; round < 3; round++) {
    alone.push(await trainFor(8_000, cores));
    await using place = await makePlace(300);
    const libra = watch(place, ['--until-idle', '60']);
    await libra.until(({ event }) => event === 'daemon.started', 'start');
    await replay('diverged', place, { interval: 0.5, save: 0.2, keep: 8 });
    await libra.until(({ event }) => event === 'evaluation.progress', 'an evaluation');
    beside.push(await trainFor(8_000, cores));
    await libra.kill('SIGTERM');
  }
  const ratio = alone.map((rate, i) => rate / beside[i]!);
  return [
    { what: `step time of a training on ${cores} cores, with Libra evaluating / alone`, value: quantiles(ratio, 'x') },
  ];
}

/** Steps per second over all threads; a step multiplies two 96 x 96 matrices. */
async function trainFor(ms: number, threads: number): Promise<number> {
  const source = `
    const { parentPort, workerData } = require('node:worker_threads');
    const n = 96, a = new Float64Array(n * n).fill(0.5), b = new Float64Array(n * n).fill(0.25), c = new Float64Array(n * n);
    let steps = 0;
    const end = performance.now() + workerData;
    while (performance.now() < end) {
      for (let i = 0; i < n; i++) for (let j = 0; j < n; j++) { let s = 0; for (let k = 0; k < n; k++) s += a[i * n + k] * b[k * n + j]; c[i * n + j] = s; }
      steps++;
    }
    parentPort.postMessage(steps);`;
  const counts = Array.from({ length: threads }, () => {
    const worker = new Worker(source, { eval: true, workerData: ms });
    return new Promise<number>((resolve, reject) => worker.once('message', resolve).once('error', reject));
  });
  return (await Promise.all(counts)).reduce((sum, count) => sum + count, 0) / (ms / 1000);
}

/** Median, 95th percentile and largest. */
function quantiles(values: readonly number[], unit: string): string {
  const sorted = values.filter((value) => !Number.isNaN(value)).sort((a, b) => a - b);
  if (sorted.length === 0) return 'nothing measured';
  const at = (q: number) => sorted[Math.min(sorted.length - 1, Math.floor(q * sorted.length))]!;
  const show = (value: number) => (Math.abs(value) >= 100 ? value.toFixed(0) : value.toFixed(2));
  return `median ${show(at(0.5))} ${unit}, p95 ${show(at(0.95))} ${unit}, max ${show(at(1))} ${unit} (n = ${sorted.length})`;
}
