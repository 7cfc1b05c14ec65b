/** libra.yaml is edited while the daemon runs: a right edit counts at once, a wrong one changes nothing and says where it is wrong. */
import { readFile, rename, writeFile } from 'node:fs/promises';
import { expect, it } from 'vitest';
import { makePlace, watch } from './watched-replay.ts';

it('takes a right edit, refuses a wrong one by line and key, and takes the next right one', async () => {
  await using place = await makePlace(20);
  const text = await readFile(place.config, 'utf8');
  /** As editors do it: written beside, then moved over. */
  const write = async (added: string) => {
    await writeFile(`${place.config}.new`, text + added);
    await rename(`${place.config}.new`, place.config);
  };
  const libra = watch(place);
  await libra.until(({ event }) => event === 'daemon.started', 'start');

  await write('alerts: {thresholds: {single: 5.5}}\nwatch: {depth: 2}\n');
  expect(await libra.until(({ event }) => event === 'config.changed', 'the edit')).toMatchObject({
    file: place.config,
    changed: ['alerts.thresholds.single'],
    needs_restart: ['watch.depth'],
  });

  await write('alerts: {thresholds: {singel: 5}}\n');
  const rejected = await libra.until(({ event }) => event === 'config.rejected', 'the wrong edit');
  expect(rejected.reason).toMatch(/libra\.yaml:\d+: .*singel.*did you mean .*single/);

  await write('alerts: {thresholds: {single: 5.5, several: 4.5}}\nwatch: {depth: 2}\n');
  const again = await libra.until(
    ({ event, changed }) => event === 'config.changed' && JSON.stringify(changed).includes('several'),
    'the right edit after the wrong one',
  );
  // The wrong edit in between changed nothing.
  expect(again.changed).toEqual(['alerts.thresholds.several']);

  libra.child.kill('SIGTERM');
  const { code, stderr } = await libra.ended;
  expect(code).toBe(0);
  expect(stderr).toContain('alerts.thresholds.single: 6 -> 5.5');
  expect(stderr).toContain('watch.depth: 3 -> 2 (needs a restart)');
  expect(stderr).toMatch(/is not used, the configuration stays as it was/);
}, 60_000);
