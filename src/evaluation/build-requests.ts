/** A doc -> the requests that ask it. Prompts are the harness's, byte for byte. */
import { messageOf } from '../domain/errors.ts';
import type { GenerateUntilRequest, Request } from '../domain/request.ts';
import { sha256 } from '../system/hash.ts';
import { endsWithSpace, startsWithSpace } from './python/python-text.ts';
import { pythonStr } from './python/python-value.ts';
import type { Task, TaskDoc } from './task.ts';

/** A doc ready to be asked, or what kept it from that. */
export type PreparedDoc = { readonly requests: readonly Request[] } | { readonly error: string };

/** Docs [start, end) of the fixed order; one that its templates do not fit keeps no other from being asked. */
export function prepareDocs(task: Task, start: number, end: number): PreparedDoc[] {
  return task.docs.slice(start, end).map((doc) => {
    try {
      return { requests: buildRequests(task, doc) };
    } catch (error) {
      return { error: `the doc can't be asked: ${messageOf(error)}` };
    }
  });
}

type Fields = Readonly<Record<string, unknown>>;

/**
 * One loglikelihood request per choice (neighbours with the same context, in the order of the choices; then all again without a
 * context where a metric needs it), one generation for each repeat, or the one request of the other output types.
 * @throws Error when a template does not fit the doc
 */
export function buildRequests(task: Task, doc: TaskDoc): Request[] {
  const { settings, reader } = task;
  const { fields } = doc;
  switch (settings.outputType) {
    case 'loglikelihood_rolling':
      return [{ type: 'loglikelihood_rolling', text: textual(reader.target(fields), 'doc_to_target') }];
    case 'loglikelihood':
      return [
        {
          type: 'loglikelihood',
          context: contextOf(task, doc),
          continuation: textual(reader.target(fields), 'doc_to_target'),
        },
      ];
    case 'generate_until':
      return generationRequests(task, doc);
    case 'multiple_choice':
      return choiceRequests(task, doc);
  }
}

function generationRequests(task: Task, doc: TaskDoc): GenerateUntilRequest[] {
  const { repeats } = task.settings;
  const { until, maxGenToks, temperature, topP, seed } = task.settings.generation;
  const request: GenerateUntilRequest = {
    type: 'generate_until',
    context: contextOf(task, doc),
    until,
    maxGenToks,
    temperature,
    ...(topP === null ? {} : { topP }),
    ...(seed === null ? {} : { seed }),
  };
  if (repeats === 1 && seed !== null) return [request];
  return Array.from({ length: repeats }, (_, repeat) =>
    temperature > 0 ? { ...request, seed: seedOf(seed ?? DEFAULT_SEED, doc, repeat) } : request,
  );
}

/** The harness's seed of everything that is drawn. */
const DEFAULT_SEED = 1234;

/** Each sampled answer has a seed of its own, and the same one whenever it is asked: a positive 31-bit number. */
function seedOf(base: number, doc: TaskDoc, repeat: number): number {
  return Number.parseInt(sha256(`${base} ${repeat} ${doc.id}`).slice(0, 8), 16) >>> 1;
}

function choiceRequests(task: Task, doc: TaskDoc): Request[] {
  const { settings, reader } = task;
  const choices = reader.choices(doc.fields) ?? [];
  if (choices.length === 0) throw new Error('`doc_to_choice` gives no choices');
  const { targetDelimiter } = settings;
  if (task.hasManyInputs) {
    const before = beforeQuestion(task, doc);
    const continuation = targetDelimiter + pythonStr(reader.target(doc.fields));
    return [
      ...choices.map(
        (choice): Request => ({
          type: 'loglikelihood',
          context: before + openTurn(choice, reader.prefix(doc.fields), ''),
          continuation,
        }),
      ),
      ...unconditionalRequests(task, choices),
    ];
  }
  const context = contextOf(task, doc);
  return [
    ...choices.map((choice): Request => ({ type: 'loglikelihood', context, continuation: targetDelimiter + choice })),
    ...unconditionalRequests(task, choices),
  ];
}

/** The choices once more without any context, for metrics that compare the two. */
function unconditionalRequests({ measures, settings }: Task, choices: readonly string[]): Request[] {
  if (!measures.some(({ metric }) => metric.needsUnconditional)) return [];
  return choices.map((choice) => ({
    type: 'loglikelihood',
    context: '',
    continuation: settings.targetDelimiter + choice,
  }));
}

/** Description, examples, and the doc's own question. */
function contextOf(task: Task, doc: TaskDoc): string {
  const question = textual(task.reader.text(doc.fields), 'doc_to_text');
  return beforeQuestion(task, doc) + openTurn(question, task.reader.prefix(doc.fields), task.settings.targetDelimiter);
}

function beforeQuestion(task: Task, doc: TaskDoc): string {
  let before = task.reader.description(doc.fields);
  for (const shot of doc.shots) before += shotAt(task, shot);
  return before;
}

/** A question that waits for its answer; a prefix of the answer stands behind it, divided from it unless a space divides already. */
function openTurn(question: string, prefix: string | null, delimiter: string): string {
  if (prefix === null || prefix === '') return question;
  return question + (needsDelimiter(question, prefix) ? delimiter : '') + prefix;
}

function shotAt(task: Task, place: number): string {
  const known = task.renderedShots.get(place);
  if (known !== undefined) return known;
  const rendered = renderShot(task, task.pool[place]!);
  task.renderedShots.set(place, rendered);
  return rendered;
}

/** An example with its answer, and the delimiter to what follows. */
function renderShot({ reader, settings, hasManyInputs }: Task, fields: Fields): string {
  const { shot } = reader;
  let choices = shot.choices(fields);
  let question = shot.text(fields);
  if (hasManyInputs) {
    question = choices?.[question as number];
    choices = null;
  }
  const text = textual(question, 'doc_to_text');
  const target = shot.target(fields);
  const prefix = shot.prefix(fields);
  const { targetDelimiter, delimiter } = settings.fewshot;
  if (target === null || target === '') return openTurn(text, prefix, targetDelimiter);
  const answer = textual(
    choices !== null && choices.length > 0 && (typeof target === 'number' || typeof target === 'boolean')
      ? choices.at(Number(target))
      : Array.isArray(target)
        ? target[0]
        : target,
    'doc_to_target',
  );
  const gap = !prefix || needsDelimiter(text, prefix) ? targetDelimiter : '';
  return text + gap + joinAnswer(prefix, answer) + delimiter;
}

/** Prefix and answer with one space between, unless either brings its own. */
function joinAnswer(prefix: string | null, answer: string): string {
  if (!prefix) return answer;
  return endsWithSpace(prefix) || startsWithSpace(answer) ? prefix + answer : `${prefix} ${answer}`;
}

function needsDelimiter(before: string, after: string): boolean {
  return before !== '' && !endsWithSpace(before) && !startsWithSpace(after);
}

/** @throws Error when it is not text, as the harness refuses it */
function textual(value: unknown, key: string): string {
  if (typeof value === 'string') return value;
  throw new Error(`\`${key}\` gives ${value === undefined ? 'nothing' : pythonStr(value)}, which is not text`);
}
