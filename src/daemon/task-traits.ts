/** What planning must know of a task that only its docs tell: worked out once, however many checkpoints are planned. */
import { chanceLevel } from '../evaluation/scoring/chance-level.ts';
import type { Task } from '../evaluation/task.ts';

export interface TaskTraits {
  /** What guessing would score; null where nobody can guess. */
  readonly chance: number | null;
  /** Its choices are letters that stand for the answers above them. */
  readonly asksLetters: boolean;
}

const known = new WeakMap<Task, TaskTraits>();

export function traitsOf(task: Task): TaskTraits {
  const before = known.get(task);
  if (before !== undefined) return before;
  const traits = { chance: chanceLevel(task), asksLetters: asksLetters(task) };
  known.set(task, traits);
  return traits;
}

const DOCS_READ = 20;

/** `A`, `(B)`, ` C.`: all choices of all docs looked at. */
const LETTER = /^\s*\(?[A-Z]\)?[.:]?\s*$/i;

function asksLetters(task: Task): boolean {
  if (task.settings.outputType !== 'multiple_choice') return false;
  const choices = task.docs.slice(0, DOCS_READ).flatMap(({ fields }) => {
    try {
      return task.reader.choices(fields) ?? [];
    } catch {
      // A doc that its templates do not fit is not asked either.
      return [];
    }
  });
  return choices.length > 0 && choices.every((choice) => LETTER.test(choice));
}
