/** What the docs of a benchmark alone say against it, before any model has answered them. Pure, and worked out once a task. */
import type { SetHealth } from '../../domain/set-health.ts';
import { expectedText } from '../asking/describe-doc.ts';
import { clustersOf } from '../asking/doc-clusters.ts';
import { pythonStr } from '../python/python-value.ts';
import { chanceLevel } from '../scoring/chance-level.ts';
import type { Task, TaskDoc } from '../task.ts';
import { nearCopies } from './near-copies.ts';

const known = new WeakMap<readonly TaskDoc[], SetHealth>();

export function setHealth(task: Task): SetHealth {
  const before = known.get(task.docs);
  if (before !== undefined) return before;
  const health = examine(task);
  known.set(task.docs, health);
  return health;
}

function examine(task: Task): SetHealth {
  const { docs } = task;
  return {
    docs: docs.length,
    chance: chanceLevel(task),
    ...skewOf(task),
    copies: copiesIn(task),
  };
}

/** Place among the choices of a right answer: a model that always takes that place is right so often. */
function skewOf(task: Task): Pick<SetHealth, 'commonestPlace' | 'choices'> {
  if (task.settings.outputType !== 'multiple_choice' || task.hasManyInputs)
    return { commonestPlace: null, choices: null };
  const places = new Map<number, number>();
  let [asked, choices] = [0, 0];
  for (const doc of task.docs) {
    const own = choicesOf(task, doc);
    const place = own.indexOf(expectedText(task, doc));
    if (place < 0) continue;
    places.set(place, (places.get(place) ?? 0) + 1);
    choices += own.length;
    asked++;
  }
  if (asked === 0) return { commonestPlace: null, choices: null };
  return { commonestPlace: Math.max(...places.values()) / asked, choices: choices / asked };
}

function copiesIn(task: Task): SetHealth['copies'] {
  const { docs } = task;
  const passages = clustersOf(
    docs.map(({ fields }) => fields),
    task.settings.clusterBy,
  );
  const pairs = nearCopies(docs.map((doc) => textOf(task, doc)));
  return pairs.filter(([a, b]) => {
    const isSamePassage = passages !== null && passages[a] === passages[b];
    // Of questions made from a pattern the numbers are the question, and another answer makes another question.
    const [one, other] = [docs[a]!, docs[b]!];
    const isSameAnswer = expectedText(task, one) === expectedText(task, other);
    return !isSamePassage && isSameAnswer && numbersIn(task, one) === numbersIn(task, other);
  });
}

function textOf(task: Task, doc: TaskDoc): string {
  const { settings, reader } = task;
  try {
    if (settings.outputType === 'loglikelihood_rolling') return pythonStr(reader.target(doc.fields));
    const asked = task.hasManyInputs ? '' : pythonStr(reader.text(doc.fields));
    const choices = settings.outputType === 'multiple_choice' ? choicesOf(task, doc).join(' ') : '';
    return `${asked} ${choices} ${expectedText(task, doc)}`;
  } catch {
    // A doc that its templates do not fit is not asked either.
    return '';
  }
}

function numbersIn(task: Task, doc: TaskDoc): string {
  return (textOf(task, doc).match(/\d+/g) ?? []).join(' ');
}

function choicesOf(task: Task, doc: TaskDoc): readonly string[] {
  try {
    return task.reader.choices(doc.fields) ?? [];
  } catch {
    return [];
  }
}
