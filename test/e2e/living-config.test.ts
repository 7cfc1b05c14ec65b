/** libra.yaml is edited while the daemon runs: a right edit counts at once, a wrong one changes nothing and says where it is wrong. */
import { readFile, rename, writeFile } from 'node:fs/promises';
import { expect, it } from 'vitest';
import { startHttpCatcher } from '../fakes/http-catcher.ts';
import { makePlace, read, watch } from './watched-replay.ts';

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

it('takes nothing of an edit that it refuses, and sends digests at the times of one that it takes', async () => {
  await using place = await makePlace(20);
  let caughtOne = () => {};
  const arrived = new Promise<void>((resolve) => {
    caughtOne = resolve;
  });
  await using channel = await startHttpCatcher(() => {
    caughtOne();
    return { status: 204 };
  });
  const text = `${await readFile(place.config, 'utf8')}notifiers:\n  team: {type: webhook, url: "${channel.url}"}\n`;
  await writeFile(place.config, text);
  const libra = watch(place);
  await libra.until(({ event }) => event === 'daemon.started', 'start');

  const everySecond = 'schedule: {digest: "* * * * * *"}\n';
  await writeFile(place.config, `${text}  mail: {type: webhook, url: "env:LIBRA_NOT_SET_HERE"}\n${everySecond}`);
  const refused = await libra.until(({ event }) => event === 'config.rejected', 'the missing secret');
  expect(refused.reason).toMatch(/notifiers\.mail\.url needs the environment variable LIBRA_NOT_SET_HERE/);

  // Seconds pass until the next edit counts: a schedule that was taken would have sent by then.
  await writeFile(place.config, `${text}alerts: {thresholds: {single: 5}}\n`);
  await libra.until(({ event }) => event === 'config.changed', 'the right edit');
  expect(read(place, (store) => store.deliveries.due(100))).toEqual([]);
  expect(channel.caught).toEqual([]);

  await writeFile(place.config, `${text}schedule: {digest: at night}\n`);
  const noLine = await libra.until(
    ({ event, reason }) => event === 'config.rejected' && reason !== refused.reason,
    'cron',
  );
  expect(noLine.reason).toMatch(/libra\.yaml:\d+: schedule\.digest must be a cron line .* found 'at night'/);

  await writeFile(place.config, `${text}${everySecond}`);
  await arrived;
  expect(JSON.stringify(channel.caught[0]?.body)).toContain('The last 7 days');
  libra.child.kill('SIGTERM');
  expect((await libra.ended).code).toBe(0);
}, 60_000);
