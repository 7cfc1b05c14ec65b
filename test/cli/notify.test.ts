/** `libra notify test` against a channel that takes it, one that refuses, and one that nobody answers for. */
import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { expect, it } from 'vitest';
import { testNotifiers } from '../../src/cli/notify/test-notifiers.ts';
import { startChatServer, wecomRules } from '../fakes/chat-servers.ts';

function screen() {
  const chunks: string[] = [];
  return { write: (text: string) => chunks.push(text), text: () => chunks.join('') };
}

async function configured(text: string): Promise<string> {
  const file = join(await mkdtemp(join(tmpdir(), 'libra-notify-')), 'libra.yaml');
  await writeFile(file, text);
  return file;
}

it('says in a line each what came back, and fails when one did not take it', async () => {
  await using server = await startChatServer(wecomRules);
  const config = await configured(`
notifiers:
  good: {type: wecom, url: "${server.url}/cgi-bin/webhook/send?key=key-of-a-robot"}
  lost: {type: wecom, url: "${server.url}/cgi-bin/webhook/send?key=another-key-of-one"}
  gone: {type: slack, url: "http://127.0.0.1:1/services/T/B/secret-of-it"}
`);
  const output = screen();
  expect(await testNotifiers([], { config }, output)).toBe(1);
  const lines = output.text().trim().split('\n');
  expect(lines[0]).toBe('good (wecom): sent: errcode 0');
  expect(lines[1]).toMatch(
    /^lost \(wecom\): refused: WeCom answered errcode 93000: .* copy the url from the robot again\.$/,
  );
  expect(lines[2]).toMatch(/^gone \(slack\): not now \(Libra would try again\): Slack \(gone\) could not be reached/);
  expect(output.text()).not.toMatch(/another-key|secret-of-it/);
  expect(server.caught[0]!.json.markdown.content).toMatch(/Libra can reach you here[\s\S]*Libra 能把消息发到这里/);
});

it('writes no file into a directory that is watched, and finds one beside libra.yaml', async () => {
  const inside = await configured('runs: [{path: out}]\nnotifiers:\n  log: {type: file, path: out/run/alerts.jsonl}\n');
  await expect(testNotifiers([], { config: inside }, screen())).rejects.toMatchObject({
    code: 'LIBRA_CONFIG_INVALID',
    message: expect.stringMatching(/notifier "log" lies in .*\/out, which is watched/),
  });
  const beside = await configured('runs: [{path: out}]\nnotifiers:\n  log: {type: file, path: outside.jsonl}\n');
  const output = screen();
  expect(await testNotifiers([], { config: beside }, output)).toBe(0);
  expect(output.text()).toContain(`log (file): sent: a line in ${join(dirname(beside), 'outside.jsonl')}`);
});

it('sends to those that are named, as JSON where a script asks, and names the nearest one', async () => {
  await using server = await startChatServer(wecomRules);
  const config = await configured(`
notifiers:
  good: {type: wecom, url: "${server.url}/cgi-bin/webhook/send?key=key-of-a-robot"}
  screen: {type: terminal}
`);
  const output = screen();
  expect(await testNotifiers(['good'], { config, json: true }, output)).toBe(0);
  expect(JSON.parse(output.text())).toEqual({
    ok: true,
    notifiers: [{ name: 'good', type: 'wecom', outcome: 'sent', detail: 'errcode 0' }],
  });
  await expect(testNotifiers(['goood'], { config }, screen())).rejects.toMatchObject({
    code: 'LIBRA_USAGE',
    hint: expect.stringContaining("'good'"),
  });
  const both = screen();
  expect(await testNotifiers([], { config }, both)).toBe(0);
  expect(both.text()).toContain('Libra can reach you here');
  expect(both.text()).toContain('screen (terminal): sent');
});
