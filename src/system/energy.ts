/** What the machine took in energy: the processors' own counters (RAPL), and the power NVIDIA devices say they draw. */
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Figure } from '../domain/engine-figures.ts';
import { messageOf } from '../domain/errors.ts';
import type { Clock } from './clock.ts';
import { findCommand, runTool } from './process.ts';

export interface EnergyMeter {
  /** Joules since it was opened, or why nobody can say. */
  read(): Promise<Figure>;
  close(): void;
}

export interface EnergyMeterOptions {
  readonly clock: Clock;
  /** Where the kernel keeps the counters. */
  readonly powercap?: string;
  /** Power the devices draw now, watts; null where there are none. */
  readonly readPower?: () => Promise<number | null>;
}

/** Between two looks at the devices: asking them costs more than reading a file. */
const LOOK_MS = 10_000;

export async function openEnergyMeter(options: EnergyMeterOptions): Promise<EnergyMeter> {
  const { clock, powercap = '/sys/class/powercap', readPower = readNvidiaPower } = options;
  const counters = await openCounters(powercap);
  const devices = await openDevices(readPower, clock);
  return {
    async read() {
      const parts = [await counters.read(), await devices.read()];
      const told = parts.flatMap((part) => ('value' in part ? [part.value] : []));
      if (told.length > 0) return { value: told.reduce((sum, joules) => sum + joules, 0) };
      return { reason: parts.map((part) => ('reason' in part ? part.reason : '')).join(' and ') };
    },
    close: () => devices.close(),
  };
}

/** A counter of microjoules that begins again at its range. */
interface Counter {
  readonly file: string;
  readonly range: number;
  last: number;
  total: number;
}

async function openCounters(powercap: string): Promise<Pick<EnergyMeter, 'read'>> {
  const names = await readdir(powercap).catch(() => []);
  // Whole packages only; intel-rapl:0:0 is a part of intel-rapl:0.
  const packages = names.filter((name) => /^intel-rapl:\d+$/.test(name));
  if (packages.length === 0) return { read: async () => ({ reason: 'no processor here counts its energy' }) };
  const counters: Counter[] = [];
  try {
    for (const name of packages) {
      const file = join(powercap, name, 'energy_uj');
      const range = await readNumber(join(powercap, name, 'max_energy_range_uj'));
      counters.push({ file, range, last: await readNumber(file), total: 0 });
    }
  } catch (error) {
    const reason = `the energy counters of the processor can't be read (${messageOf(error)})`;
    return { read: async () => ({ reason }) };
  }
  return {
    async read() {
      for (const counter of counters) {
        const now = await readNumber(counter.file).catch(() => counter.last);
        counter.total += now >= counter.last ? now - counter.last : now + counter.range - counter.last;
        counter.last = now;
      }
      return { value: counters.reduce((sum, { total }) => sum + total, 0) / 1e6 };
    },
  };
}

async function readNumber(file: string): Promise<number> {
  const value = Number((await readFile(file, 'utf8')).trim());
  if (Number.isFinite(value)) return value;
  throw new Error(`${file} holds no number`);
}

/** Power over time by the trapezoid rule. */
async function openDevices(readPower: () => Promise<number | null>, clock: Clock): Promise<EnergyMeter> {
  const first = await readPower();
  if (first === null) return { read: async () => ({ reason: 'no device here tells its power' }), close() {} };
  let [watts, at, joules] = [first, clock.monotonic(), 0];
  const look = async () => {
    const now = (await readPower()) ?? watts;
    const since = clock.monotonic();
    joules += ((watts + now) / 2) * ((since - at) / 1000);
    [watts, at] = [now, since];
  };
  const closing = new AbortController();
  void (async () => {
    for (;;) {
      await clock.sleep(LOOK_MS, closing.signal);
      if (closing.signal.aborted) return;
      await look();
    }
  })();
  return {
    async read() {
      await look();
      return { value: joules };
    },
    close: () => closing.abort(),
  };
}

async function readNvidiaPower(): Promise<number | null> {
  const program = findCommand('nvidia-smi', process.env.PATH);
  if (program === null) return null;
  const told = await runTool(program, ['--query-gpu=power.draw', '--format=csv,noheader,nounits']);
  const watts = (told?.stdout ?? '').split('\n').map(Number.parseFloat).filter(Number.isFinite);
  return watts.length === 0 ? null : watts.reduce((sum, one) => sum + one, 0);
}
