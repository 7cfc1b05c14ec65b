/** A doc -> the requests that ask it. Prompts are the harness's, byte for byte. */
import { messageOf } from '../../domain/errors.ts';
import type { GenerateUntilRequest, Request } from '../../domain/request.ts';
import { sha256 } from '../../system/hash.ts';
import { endsWithSpace } from '../python/python-text.ts';
import { pythonStr } from '../python/python-value.ts';
import type { Task, TaskDoc } from '../task.ts';
import { renderConversation } from './render-conversation.ts';
import { joinTexts, plainText, type Turn, turnsOf } from './turns.ts';

/** A doc ready to be asked, or what kept it from that. */
export type PreparedDoc = { readonly requests: readonly Request[] } | { readonly error: string };

/** One that its templates do not fit keeps no other from being asked. @param docs indexes in the fixed order */
export function prepareDocs(task: Task, docs: readonly number[]): PreparedDoc[] {
  return docs.map((index) => {
    try {
      return { requests: buildRequests(task, task.docs[index]!) };
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
  const { reader } = task;
  const choices = reader.choices(doc.fields) ?? [];
  if (choices.length === 0) throw new Error('`doc_to_choice` gives no choices');
  const delimiter = choiceDelimiter(task);
  const before = beforeQuestion(task, doc);
  if (task.hasManyInputs) {
    const continuation = delimiter + pythonStr(reader.target(doc.fields));
    const prefix = reader.prefix(doc.fields);
    return [
      ...choices.map(
        (choice): Request => ({
          type: 'loglikelihood',
          context: withQuestion(task, before, turnsOf(choice, null, prefix, '', '')),
          continuation,
        }),
      ),
      ...unconditionalRequests(task, choices, delimiter),
    ];
  }
  const context = contextOf(task, doc, before);
  return [
    ...choices.map((choice): Request => ({ type: 'loglikelihood', context, continuation: delimiter + choice })),
    ...unconditionalRequests(task, choices, delimiter),
  ];
}

/** The choices once more without any context, for metrics that compare the two. */
function unconditionalRequests({ measures }: Task, choices: readonly string[], delimiter: string): Request[] {
  if (!measures.some(({ metric }) => metric.needsUnconditional)) return [];
  return choices.map((choice) => ({ type: 'loglikelihood', context: '', continuation: delimiter + choice }));
}

/** A chat template divides question and answer itself, unless a prefix of the answer stands between. */
function choiceDelimiter({ prompting, settings }: Task): string {
  const { targetDelimiter, genPrefix } = settings;
  return prompting.chat === null || (genPrefix && !endsWithSpace(genPrefix)) ? targetDelimiter : '';
}

/** Description, examples, and the doc's own question. */
function contextOf(task: Task, doc: TaskDoc, before = beforeQuestion(task, doc)): string {
  const question = textual(task.reader.text(doc.fields), 'doc_to_text');
  const { targetDelimiter } = task.settings;
  return withQuestion(task, before, turnsOf(question, null, task.reader.prefix(doc.fields), targetDelimiter, ''));
}

/** What stands before a doc's question: the system prompt, and the examples as text or (where a conversation keeps them apart) as turns. */
interface BeforeQuestion {
  readonly system: string;
  readonly examples: string;
  readonly turns: readonly Turn[];
}

function beforeQuestion(task: Task, doc: TaskDoc): BeforeQuestion {
  const { systemInstruction, chat } = task.prompting;
  const description = task.reader.description(doc.fields);
  const system = joinTexts(systemInstruction, description, task.settings.fewshotDelimiter);
  if (chat?.isMultiturn) {
    return { system, examples: '', turns: doc.shots.flatMap((shot) => shotTurns(task, task.pool[shot]!)) };
  }
  let examples = '';
  for (const shot of doc.shots) examples += shotAt(task, shot);
  return { system, examples, turns: [] };
}

function withQuestion({ prompting }: Task, before: BeforeQuestion, question: readonly Turn[]): string {
  const { system, examples, turns } = before;
  if (prompting.chat === null) return system + examples + plainText(question);
  const shown: readonly Turn[] = examples === '' ? turns : [{ role: 'user', content: examples, delimiter: '' }];
  return renderConversation(prompting.chat, system, shown, question);
}

/** The parts of a plain prompt, for people: what they are joined to is what the model sees. */
export interface PromptParts {
  readonly description: string;
  readonly shots: readonly string[];
  readonly question: string;
}

/** @returns null where there are no such parts: a text that is only read, or a conversation */
export function promptParts(task: Task, doc: TaskDoc): PromptParts | null {
  const [request] = buildRequests(task, doc);
  if (request === undefined || !('context' in request) || task.prompting.chat !== null) return null;
  const { system } = beforeQuestion(task, doc);
  const shots = doc.shots.map((shot) => shotAt(task, shot));
  const before = system.length + shots.reduce((length, shot) => length + shot.length, 0);
  return { description: system, shots, question: request.context.slice(before) };
}

function shotAt(task: Task, place: number): string {
  const known = task.renderedShots.get(place);
  if (known !== undefined) return known;
  const rendered = plainText(shotTurns(task, task.pool[place]!));
  task.renderedShots.set(place, rendered);
  return rendered;
}

/** An example with its answer. */
function shotTurns({ reader, settings, hasManyInputs }: Task, fields: Fields): Turn[] {
  const { shot } = reader;
  let choices = shot.choices(fields);
  let question = shot.text(fields);
  if (hasManyInputs) {
    question = choices?.[question as number];
    choices = null;
  }
  const target = shot.target(fields);
  const answer =
    choices !== null && choices.length > 0 && (typeof target === 'number' || typeof target === 'boolean')
      ? choices.at(Number(target))
      : Array.isArray(target)
        ? target[0]
        : target;
  const { targetDelimiter, delimiter } = settings.fewshot;
  return turnsOf(
    textual(question, 'doc_to_text'),
    target === null ? null : textual(answer, 'doc_to_target'),
    shot.prefix(fields),
    targetDelimiter,
    delimiter,
  );
}

/** @throws Error when it is not text, as the harness refuses it */
function textual(value: unknown, key: string): string {
  if (typeof value === 'string') return value;
  throw new Error(`\`${key}\` gives ${value === undefined ? 'nothing' : pythonStr(value)}, which is not text`);
}
