/**
 * The real requests of lm-evaluation-harness, recorded by peers/lm-eval.py, against the server; what lm-eval reads out of each
 * answer must be what it read when its scores were those of its own hf backend.
 */
import { cp, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { startEngine } from './engine-process.ts';
import { temporaryDirectory } from './temporary-directory.ts';

interface Call {
  /** In which way lm-eval was asked to ask. */
  readonly way: string;
  readonly path: string;
  readonly body: Readonly<Record<string, unknown>>;
  /** Tokens of each prompt that are context. */
  readonly contexts?: readonly number[];
  /** [log-likelihood, is greedy] a prompt. */
  readonly scores?: readonly (readonly [number, boolean])[];
  readonly texts?: readonly string[];
}

interface CompletionChoice {
  readonly index: number;
  readonly text?: string;
  readonly message?: { readonly content: string };
  readonly logprobs: {
    readonly token_logprobs: readonly number[];
    readonly top_logprobs: readonly Readonly<Record<string, number>>[];
  };
}

const recorded = JSON.parse(await readFile(new URL('./recorded/lm-eval.json', import.meta.url), 'utf8')) as {
  readonly lm_eval: string;
  readonly chatTemplate: string;
  readonly calls: readonly Call[];
};

/** As lm-eval reads scores: what was generated stands last and is left out; greedy is what no best token beats. */
function scoreOf({ logprobs }: CompletionChoice, context: number): [number, boolean] {
  const own = logprobs.token_logprobs.slice(context, -1);
  const top = logprobs.top_logprobs.slice(context, -1);
  const isGreedy = own.every((value, at) => value === Math.max(...Object.values(top[at]!)));
  return [own.reduce((sum, value) => sum + value, 0), isGreedy];
}

test(`every request of lm-eval ${recorded.lm_eval} is answered as its hf backend would`, async () => {
  await using directory = await temporaryDirectory();
  const checkpoint = join(directory.path, 'served');
  await cp(fileURLToPath(new URL('../../fixtures/base/checkpoint-960', import.meta.url)), checkpoint, {
    recursive: true,
  });
  await writeFile(join(checkpoint, 'chat_template.jinja'), recorded.chatTemplate);
  await using engine = await startEngine([checkpoint, '--served-model-name', 'served']);
  const ways = new Set(recorded.calls.map(({ way }) => way));
  expect(ways.size).toBeGreaterThanOrEqual(3);
  expect(recorded.calls.some(({ scores }) => scores) && recorded.calls.some(({ texts }) => texts)).toBe(true);
  for (const { path, body, contexts, scores, texts } of recorded.calls) {
    const { json, status } = await engine.post(path, body);
    expect(status).toBe(200);
    const choices = (json.choices as CompletionChoice[]).toSorted((a, b) => a.index - b.index);
    if (texts) expect(choices.map(({ text, message }) => text ?? message!.content)).toEqual(texts);
    scores?.forEach(([logprob, isGreedy], at) => {
      const [own, ownGreedy] = scoreOf(choices[at]!, contexts![at]!);
      expect(Math.abs(own - logprob)).toBeLessThan(1e-3);
      expect(ownGreedy).toBe(isGreedy);
    });
  }
}, 180_000);
