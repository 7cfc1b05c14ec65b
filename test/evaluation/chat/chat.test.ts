/** Prompts of a conversation are the harness's, byte for byte: recorded by record.py beside this file. */
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, it, test } from 'vitest';
import { templateRenderer } from '../../../src/embedded/text/chat-template.ts';
import { buildRequests } from '../../../src/evaluation/asking/build-requests.ts';
import { type Prompting, withPrompting } from '../../../src/evaluation/asking/prompting.ts';
import type { Task } from '../../../src/evaluation/task.ts';
import { loadTasks } from '../../../src/evaluation/tasks/task-loader.ts';

interface Recorded {
  readonly task: string;
  readonly requests: readonly (readonly [doc: number, ...texts: string[]])[];
}
const here = fileURLToPath(new URL('.', import.meta.url));
const { templates, bos, chats, plain } = JSON.parse(readFileSync(`${here}chat.json`, 'utf8')) as {
  readonly templates: Readonly<Record<string, string>>;
  readonly bos: string | null;
  readonly chats: readonly (Recorded & {
    readonly template: string;
    readonly multiturn: boolean;
    readonly system: string | null;
  })[];
  readonly plain: readonly Recorded[];
};
const { tasks } = await loadTasks({ includePaths: [`${here}../recorded/tasks`] });
const byName = new Map(tasks.map((task) => [task.summary.name, task]));

async function promptingOf(
  template: string,
  isMultiturn: boolean,
  systemInstruction: string | null,
): Promise<Prompting> {
  const source = templates[template]!;
  const render = await templateRenderer(source, { specialText: (name) => (name === 'bos_token' ? (bos ?? '') : '') });
  return { systemInstruction, chat: { render, template: source, isMultiturn } };
}

function asked(task: Task, count: number) {
  return [...Array(count).keys()].flatMap((position) =>
    buildRequests(task, task.docs.find((doc) => doc.position === position)!).map((request) =>
      request.type === 'loglikelihood'
        ? [position, request.context, request.continuation]
        : [position, request.type === 'generate_until' ? request.context : request.text],
    ),
  );
}

test.each(chats)('$template, turns kept $multiturn, system $system: $task', async (recorded) => {
  const prompting = await promptingOf(recorded.template, recorded.multiturn, recorded.system);
  const task = withPrompting(byName.get(recorded.task)!, prompting);
  expect(asked(task, 3)).toEqual(recorded.requests);
});

test.each(plain)('a system instruction before plain text: $task', (recorded) => {
  const task = withPrompting(byName.get(recorded.task)!, { systemInstruction: 'Be brief.', chat: null });
  expect(asked(task, 3)).toEqual(recorded.requests);
});

it('another template, way of turns or instruction is another task hash; plain prompts keep theirs', async () => {
  const task = byName.get('shots_first')!;
  const hashes = await Promise.all(
    (
      [
        ['chatml', false, null],
        ['chatml', true, null],
        ['trims, no system', false, null],
        ['chatml', false, 'Be brief.'],
      ] as const
    ).map(
      async ([template, isMultiturn, system]) =>
        withPrompting(task, await promptingOf(template, isMultiturn, system)).summary.hash,
    ),
  );
  expect(new Set([task.summary.hash, ...hashes]).size).toBe(5);
  expect(withPrompting(task, { systemInstruction: null, chat: null })).toBe(task);
});
