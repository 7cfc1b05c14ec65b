/** The form of the starter docs: enough of them in both languages, each its own, none that gives its answer away by its shape. */
import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { CAPABILITIES } from '../../../src/domain/capability.ts';
import { buildRequests } from '../../../src/evaluation/asking/build-requests.ts';
import { loadTasks } from '../../../src/evaluation/tasks/task-loader.ts';

const FOLDER = new URL('../../../src/evaluation/library/starter/', import.meta.url).pathname;
const LEAVES = readdirSync(FOLDER)
  .filter((name) => name.endsWith('.jsonl'))
  .map((name) => name.slice(0, -'.jsonl'.length))
  .sort();

const docSchema = z.strictObject({
  id: z.string().regex(/^[a-z][a-z0-9_-]+$/),
  lang: z.enum(['zh', 'en']),
  question: z.string().min(4),
  choices: z.array(z.string().min(1)).min(3).max(4),
  answer: z.number().int().min(0),
  why: z.string().min(5),
});
type Doc = z.output<typeof docSchema>;

const docsOf = (leaf: string): Doc[] =>
  readFileSync(`${FOLDER}${leaf}.jsonl`, 'utf8')
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as Doc);

/** Shared character trigrams over all of both, from 0 (nothing in common) to 1 (the same). */
function similarity(one: string, other: string): number {
  const [a, b] = [trigrams(one), trigrams(other)];
  const shared = [...a].filter((part) => b.has(part)).length;
  return shared / (a.size + b.size - shared);
}

function trigrams(text: string): Set<string> {
  const letters = [...text.toLowerCase().replace(/\s+/g, ' ')];
  return new Set(letters.slice(2).map((_, i) => letters.slice(i, i + 3).join('')));
}

const lengthsOf = ({ choices }: Doc) => choices.map((choice) => [...choice].length);
const mean = (numbers: readonly number[]) => numbers.reduce((sum, n) => sum + n, 0) / numbers.length;
const idsWhere = (docs: readonly Doc[], wrong: (doc: Doc) => boolean) => docs.filter(wrong).map(({ id }) => id);

it('has starter docs at all, each with its task file and for a leaf that exists', () => {
  expect(LEAVES.length).toBeGreaterThanOrEqual(24);
  const known = new Set(CAPABILITIES.map(({ id }) => id));
  expect(LEAVES.filter((leaf) => !known.has(leaf))).toEqual([]);
  const tasks = readdirSync(FOLDER).filter((name) => name.endsWith('.yaml') && !name.startsWith('_'));
  expect(tasks.sort()).toEqual(LEAVES.map((leaf) => `${leaf}.yaml`).sort());
});

it('uses no id twice', () => {
  const ids = LEAVES.flatMap((leaf) => docsOf(leaf).map(({ id }) => id));
  expect(ids.filter((id, i) => ids.indexOf(id) !== i)).toEqual([]);
});

describe.each(LEAVES)('%s', (leaf) => {
  const docs = docsOf(leaf);

  it('has the fields of a starter doc, each of its type', () => {
    const wrong = docs.flatMap(
      (doc) =>
        docSchema.safeParse(doc).error?.issues.map(({ path, message }) => `${doc.id} ${path.join('.')}: ${message}`) ??
        [],
    );
    expect(wrong).toEqual([]);
  });

  it('has at least 24 docs, at least 12 of them in each language', () => {
    expect(docs.length).toBeGreaterThanOrEqual(24);
    for (const lang of ['zh', 'en']) {
      expect(docs.filter((doc) => doc.lang === lang).length, lang).toBeGreaterThanOrEqual(12);
    }
  });

  it('asks in the language it says', () => {
    expect(idsWhere(docs, ({ lang, question }) => lang === 'zh' && !/\p{Script=Han}{2}/u.test(question))).toEqual([]);
    expect(idsWhere(docs, ({ lang, question }) => lang === 'en' && !/[a-z]{2,} [a-z]{2,}/i.test(question))).toEqual([]);
  });

  it('holds no character that a wrong encoding leaves behind', () => {
    expect(idsWhere(docs, (doc) => /[\u0080-\u009f\ufffd]/.test(JSON.stringify(doc)))).toEqual([]);
  });

  it('asks each question once, in its own words', () => {
    const alike = docs.flatMap((one, i) =>
      docs
        .slice(i + 1)
        .filter((other) => similarity(one.question, other.question) >= 0.6)
        .map((other) => `${one.id} and ${other.id}`),
    );
    expect(alike).toEqual([]);
  });

  it('offers choices that differ, are not blank, and one of which is right', () => {
    expect(idsWhere(docs, ({ choices }) => new Set(choices).size !== choices.length)).toEqual([]);
    expect(
      idsWhere(docs, ({ choices }) => choices.some((choice) => choice.trim() !== choice || choice === '')),
    ).toEqual([]);
    expect(idsWhere(docs, ({ choices, answer }) => answer >= choices.length)).toEqual([]);
  });

  it('does not speak of options that the prompt never shows', () => {
    const hinting = /下列|下面哪|以下哪|上述选项|of the following|of these options|all of the above|none of the above/i;
    expect(idsWhere(docs, ({ question, choices }) => hinting.test([question, ...choices].join('\n')))).toEqual([]);
  });

  it('puts the right answer about equally often in each place', () => {
    const spread = Math.max(...docs.map(({ choices }) => choices.length));
    for (let place = 0; place < spread; place++) {
      const could = docs.filter(({ choices }) => choices.length > place);
      const expected = could.reduce((sum, { choices }) => sum + 1 / choices.length, 0);
      const there = could.filter(({ answer }) => answer === place).length;
      expect(Math.abs(there - expected), `place ${place}: ${there} of ${could.length}`).toBeLessThanOrEqual(4);
    }
  });

  it('does not give the right answer away by its length', () => {
    const longest = docs.filter((doc) => isAloneAt(doc, Math.max(...lengthsOf(doc))));
    const shortest = docs.filter((doc) => isAloneAt(doc, Math.min(...lengthsOf(doc))));
    expect(longest.length / docs.length).toBeLessThanOrEqual(0.45);
    expect(shortest.length / docs.length).toBeLessThanOrEqual(0.45);
    const right = mean(docs.map((doc) => lengthsOf(doc)[doc.answer]! / mean(lengthsOf(doc))));
    expect(right).toBeGreaterThan(0.75);
    expect(right).toBeLessThan(1.25);
  });

  it('keeps the choices of a doc of one size', () => {
    const uneven = (doc: Doc) => {
      const [least, most] = [Math.min(...lengthsOf(doc)), Math.max(...lengthsOf(doc))];
      return most > 3 * least && most - least > 24;
    };
    expect(idsWhere(docs, uneven)).toEqual([]);
  });

  it('says the question, the word for "answer" in its language, and then each choice as it stands', async () => {
    const { tasks, problems } = await loadTasks({ includePaths: [`${FOLDER}${leaf}.yaml`] });
    expect(problems.map(({ error }) => error.message)).toEqual([]);
    const [task] = tasks;
    expect(task!.summary.capabilities).toEqual([leaf]);
    expect(task!.settings.card).toMatchObject({ licence: 'Apache-2.0', notice: 'starter docs, not a benchmark' });
    expect(task!.docs).toHaveLength(docs.length);
    for (const asked of task!.docs) {
      const { lang, question, choices } = docs[asked.position]!;
      const prompt = lang === 'zh' ? `${question}\n答案：` : `${question}\nAnswer: `;
      expect(
        buildRequests(task!, asked).map((request) =>
          request.type === 'loglikelihood' ? request.context + request.continuation : request.type,
        ),
      ).toEqual(choices.map((choice) => prompt + choice));
    }
  });
});

function isAloneAt(doc: Doc, length: number): boolean {
  const lengths = lengthsOf(doc);
  return lengths[doc.answer] === length && lengths.filter((one) => one === length).length === 1;
}
