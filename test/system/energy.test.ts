import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { systemClock } from '../../src/system/clock.ts';
import { openEnergyMeter } from '../../src/system/energy.ts';
import { startProcess } from '../../src/system/process.ts';
import { peakMemory } from '../../src/system/process-memory.ts';
import { temporaryPlace } from '../fakes/temporary-place.ts';

const none = async () => null;

async function counter(root: string, name: string, microjoules: number, range = 1_000_000): Promise<void> {
  await mkdir(join(root, name), { recursive: true });
  await writeFile(join(root, name, 'energy_uj'), `${microjoules}\n`);
  await writeFile(join(root, name, 'max_energy_range_uj'), `${range}\n`);
}

test('processors are added up, parts of them are not, and a counter that begins again loses nothing', async () => {
  const powercap = await temporaryPlace();
  await counter(powercap, 'intel-rapl:0', 900_000);
  await counter(powercap, 'intel-rapl:1', 100);
  await counter(powercap, 'intel-rapl:0:0', 5);
  const meter = await openEnergyMeter({ clock: systemClock, powercap, readPower: none });
  expect(await meter.read()).toEqual({ value: 0 });
  await counter(powercap, 'intel-rapl:0', 100_000);
  await counter(powercap, 'intel-rapl:1', 50_100);
  await counter(powercap, 'intel-rapl:0:0', 999_999);
  expect(await meter.read()).toEqual({ value: 0.25 });
  await counter(powercap, 'intel-rapl:0', 200_000);
  expect(await meter.read()).toEqual({ value: 0.35 });
  meter.close();
});

test('the power of devices is summed over time', async () => {
  const powercap = await temporaryPlace();
  let [now, watts] = [0, 100];
  const clock = { ...systemClock, monotonic: () => now };
  const meter = await openEnergyMeter({ clock, powercap, readPower: async () => watts });
  [now, watts] = [2000, 300];
  expect(await meter.read()).toEqual({ value: 400 });
  now = 3000;
  expect(await meter.read()).toEqual({ value: 700 });
  meter.close();
});

test('a machine that tells nothing says why', async () => {
  const powercap = await temporaryPlace();
  const silent = await openEnergyMeter({ clock: systemClock, powercap, readPower: none });
  expect(await silent.read()).toEqual({
    reason: 'no processor here counts its energy and no device here tells its power',
  });
  await mkdir(join(powercap, 'intel-rapl:0'));
  const closed = await openEnergyMeter({ clock: systemClock, powercap, readPower: none });
  expect(await closed.read()).toMatchObject({ reason: expect.stringMatching(/can't be read/) });
});

test.runIf(process.platform === 'linux')('the peak memory of a process is the most it held', async () => {
  const script = 'let a = Buffer.alloc(150e6, 1); a = null; console.log("held"); setInterval(() => {}, 1e6)';
  let held: () => void = () => {};
  const isHeld = new Promise<void>((resolve) => {
    held = resolve;
  });
  const child = await startProcess({ command: process.execPath, args: ['-e', script], onLine: () => held() });
  try {
    await isHeld;
    const peak = (await peakMemory(child, child.mark))!;
    expect(peak).toBeGreaterThan(150e6);
    expect(peak).toBeLessThan(2e9);
  } finally {
    await child.stop(0);
  }
  expect(await peakMemory(child, child.mark)).toBeNull();
});
