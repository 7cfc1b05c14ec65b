/** What an engine takes, read when somebody asks: nothing is measured in between but the power of devices. */
import { availableParallelism, loadavg } from 'node:os';
import type { EngineFigures, Figure } from '../domain/engine-figures.ts';
import type { Clock } from '../system/clock.ts';
import { openEnergyMeter } from '../system/energy.ts';

export interface EngineMeter {
  /** Energy is that since the meter was opened. */
  read(): Promise<EngineFigures>;
  close(): void;
}

/** @param memory bytes at most so far, or why nobody can say */
export async function openEngineMeter(memory: () => Promise<Figure>, clock: Clock): Promise<EngineMeter> {
  const energy = await openEnergyMeter({ clock });
  return {
    read: async () => ({ peakMemory: await memory(), energy: await energy.read(), load: readLoad() }),
    close: () => energy.close(),
  };
}

/** The mean of the last minute. Windows has none and says 0. */
function readLoad(): Figure {
  const [minute = 0] = loadavg();
  return process.platform === 'win32'
    ? { reason: 'this system does not tell' }
    : { value: minute / availableParallelism() };
}
