/** `libra trend` and `libra alert` beside a daemon that holds the data directory, and without one. */
import { Command } from 'commander';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { announceAddress } from '../../src/api/address.ts';
import { trendsReply } from '../../src/api/contract.ts';
import { createServer } from '../../src/api/server.ts';
import { ensureToken } from '../../src/api/token.ts';
import { sendAnswer } from '../../src/cli/alert/send-answer.ts';
import { sendIntervention, showInterventions } from '../../src/cli/alert/send-intervention.ts';
import { listAlerts, showAlert } from '../../src/cli/alert/show-alerts.ts';
import { registerAlert } from '../../src/cli/commands/alert.ts';
import { registerTrend } from '../../src/cli/commands/trend.ts';
import { displayWidth } from '../../src/cli/terminal/width.ts';
import { showTrend } from '../../src/cli/trend/show-trend.ts';
import { openStoreForReading } from '../../src/store/open-store.ts';
import { silentLog } from '../../src/system/log.ts';
import { NODE, RUN, type Seeded, seedStore, TASK } from '../api/seeded-store.ts';

let seeded: Seeded;
beforeEach(() => {
  seeded = seedStore();
});
afterEach(() => seeded.close());

function screen(columns?: number) {
  const chunks: string[] = [];
  return {
    ...(columns === undefined ? {} : { isTTY: true, columns }),
    write: (text: string) => chunks.push(text),
    text: () => chunks.join(''),
  };
}

/** What a running daemon answers by, over the seeded store. */
const daemonServer = () =>
  createServer({
    store: seeded.store,
    events: seeded.events,
    config: { host: '127.0.0.1', port: 0, tokens: [] },
    token: ensureToken(seeded.directory),
    poke: () => {},
    version: '1',
    log: silentLog,
  });

const data = () => ({ data: seeded.directory });

describe('libra trend', () => {
  it('draws the whole, lists the rest and names the alerts, beside a running daemon', () => {
    const output = screen();
    showTrend(RUN, data(), output);
    const text = output.text();
    expect(text).toContain('Overall 总体  45.0 % [39.5 %, 50.7 %] at step 1,200');
    expect(text).toMatch(/[▲^]/);
    expect(text).toMatch(/Semantic relations 语义关系 +45\.0 % +39\.5 % to 50\.7 % +300/);
    expect(text).toContain('step 1,000: Semantic relations fell by 20 points (firing, since step 900)');
    expect(text).not.toContain('\u001b');
  });

  it('fits a narrow terminal', () => {
    for (const columns of [40, 60, 100]) {
      const output = screen(columns);
      showTrend(RUN, { ...data(), capability: NODE }, output);
      const plot = output.text().split('\n\n')[0]!;
      for (const line of plot.split('\n')) expect(displayWidth(line)).toBeLessThanOrEqual(columns);
    }
  });

  it('holds another run against it, with intervals, a sentence, and where each reaches the level', () => {
    const output = screen();
    showTrend(RUN, { ...data(), task: TASK, against: [RUN] }, output);
    expect(output.text()).toMatch(/run +now \(tokens\) +at equal tokens +on the whole way +reaches 45\.0 % at/);
    expect(output.text()).toMatch(/zh en small 双语 +45\.0 % at 3,686,400 +\+0\.0 \[-\d+\.\d, \+\d+\.\d\]/);
    expect(output.text()).toContain('is not told apart from zh en small 双语.');
    expect(() => showTrend(RUN, { ...data(), task: 'nope', against: [RUN] }, screen())).toThrow(
      /no curve of nope in common/,
    );
  });

  it('prints what the API answers', () => {
    const output = screen();
    showTrend('zh en small 双语', { ...data(), task: TASK, json: true }, output);
    const trends = trendsReply.parse(JSON.parse(output.text()));
    expect(trends.run).toBe(RUN);
    expect(trends.series.map((series) => series.task)).toEqual([TASK]);
  });

  it('names the nearest run or series when there is none of that name', () => {
    expect(() => showTrend('zh-en-smal', data(), screen())).toThrow(
      expect.objectContaining({ code: 'LIBRA_RUN_UNKNOWN', hint: `Did you mean '${RUN}'?` }),
    );
    expect(() => showTrend(RUN, { ...data(), task: 'antonym_zh' }, screen())).toThrow(
      expect.objectContaining({ code: 'LIBRA_USAGE', hint: `Did you mean '${TASK}'?` }),
    );
    expect(() => showTrend(RUN, { data: `${seeded.directory}/nowhere` }, screen())).toThrow(
      expect.objectContaining({ code: 'LIBRA_DIRECTORY_MISSING' }),
    );
  });

  it('says so when nothing was evaluated yet', () => {
    seeded.store.runs.add({ id: 'fresh', name: 'fresh', path: '/train/fresh' });
    const output = screen();
    showTrend('fresh', { ...data(), capability: NODE }, output);
    expect(output.text()).toBe('fresh: no checkpoint was evaluated yet.\n');
  });
});

describe('libra alert', () => {
  it('lists what is open and shows the evidence', () => {
    const list = screen();
    listAlerts(data(), list);
    expect(list.text()).toMatch(/alert-1 +firing +zh-en-small +1,000 +Semantic relations fell by 20 points/);
    const shown = screen();
    showAlert('ale', data(), shown);
    expect(shown.text()).toContain('Semantic relations: 65.0 % -> 45.0 % (-20.0 points [-25.0, -15.0], n 300)');
    expect(shown.text()).toContain('expected 小, was 小, now 高');
    expect(() => showAlert('nope', data(), screen())).toThrow(expect.objectContaining({ code: 'LIBRA_NOT_FOUND' }));
  });

  it('answers through the daemon that holds the directory', async () => {
    const server = daemonServer();
    const heard: string[] = [];
    seeded.events.subscribe(({ event }) => void heard.push(event.event));
    await expect(sendAnswer('alert-1', 'acknowledge', data(), screen())).rejects.toMatchObject({
      code: 'LIBRA_TOKEN_MISSING',
    });
    announceAddress(seeded.directory, await server.listen());
    try {
      const output = screen();
      await sendAnswer('alert-1', 'acknowledge', { ...data(), by: 'Li Wei', note: '看一下' }, output);
      expect(output.text()).toBe('alert-1 is acknowledged: Semantic relations fell by 20 points\n');
      expect(heard).toEqual(['alert.acknowledged']);
      expect(seeded.store.alerts.history('alert-1').at(-1)).toMatchObject({ by: 'Li Wei', why: '看一下' });
      await sendAnswer('alert-1', 'resolve', data(), screen());
      await expect(sendAnswer('alert-1', 'silence', data(), screen())).rejects.toMatchObject({
        code: 'LIBRA_ALERT_CLOSED',
      });
    } finally {
      await server.close();
    }
  });

  it('tells what was changed, through the daemon and without one, and shows what came of it', async () => {
    const server = daemonServer();
    announceAddress(seeded.directory, await server.listen());
    const said = screen();
    try {
      await sendIntervention(RUN, { ...data(), step: 900, note: '中文占比 0.3', by: 'wei' }, said);
      await expect(sendIntervention('nope', { ...data(), step: 1, note: 'x' }, screen())).rejects.toMatchObject({
        code: 'LIBRA_RUN_UNKNOWN',
      });
    } finally {
      await server.close();
    }
    expect(said.text()).toMatch(
      /^step 900: 中文占比 0\.3 \(wei\)\n {2}after it .*Semantic relations 语义关系: -\d+\.\d points \[-\d/m,
    );
    const trend = screen();
    showTrend(RUN, data(), trend);
    expect(trend.text()).toContain('step 900: 中文占比 0.3 (wei)');
    await expect(sendIntervention(RUN, { data: '/no/such/place', step: 1, note: 'x' }, screen())).rejects.toMatchObject(
      { code: 'LIBRA_DIRECTORY_MISSING' },
    );
    seeded.store.close();
    await sendIntervention(RUN, { ...data(), step: 1200, note: 'lr halved', by: 'me' }, screen());
    const all = screen();
    showInterventions(RUN, data(), all);
    expect(all.text()).toMatch(/step 1,200: lr halved \(me\)\n {2}no checkpoint with it is evaluated yet/);
  });

  it('answers into the database when no daemon runs, and asks nobody at an old address', async () => {
    announceAddress(seeded.directory, 'http://127.0.0.1:9');
    ensureToken(seeded.directory);
    seeded.store.close();
    const silenced = screen();
    await sendAnswer('alert-1', 'silence', { ...data(), by: 'me', for: 7_200_000 }, silenced);
    expect(silenced.text()).toMatch(/^alert-1 is silenced until 20\d\d-/);
    const store = openStoreForReading({ directory: seeded.directory, now: () => 0 });
    expect(store.alerts.get('alert-1')!.state).toBe('silenced');
    expect(store.events.after(0).at(-1)!.event).toMatchObject({ event: 'alert.silenced', by: 'me' });
    store.close();
  });
});

it('each command helps with an example', () => {
  const program = new Command('libra');
  registerTrend(program);
  registerAlert(program);
  const commands = program.commands.flatMap((command) => [command, ...command.commands]);
  expect(commands.length).toBe(9);
  for (const command of commands) {
    let help = '';
    command.configureOutput({ writeOut: (text) => (help += text) }).outputHelp();
    expect(help).toContain('$ libra');
  }
});
