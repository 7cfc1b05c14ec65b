/** A doc in a few words for people: what was asked, what is right, what the model said. */
import type { Answer } from '../../domain/sample.ts';
import { lengthOf } from '../python/python-text.ts';
import { pythonStr } from '../python/python-value.ts';
import { argmax, goldChoices } from '../scoring/choose.ts';
import { answeredDoc, filteredText, goldOf } from '../scoring/score-doc.ts';
import { targetsOf } from '../scoring/targets.ts';
import type { Task, TaskDoc } from '../task.ts';

const LONGEST = 400;

/** The doc's own question, without the examples before it. */
export function questionText(task: Task, doc: TaskDoc): string {
  return readable(() => questionOf(task, doc));
}

function questionOf(task: Task, doc: TaskDoc): string {
  const { reader, settings } = task;
  if (settings.outputType === 'loglikelihood_rolling') return shorten(pythonStr(reader.target(doc.fields)));
  if (task.hasManyInputs) return shorten((reader.choices(doc.fields) ?? []).join(' / '));
  return shorten(pythonStr(reader.text(doc.fields)));
}

/** The right answer; of several all, divided by slashes. Empty for a text that is only read. */
export function expectedText(task: Task, doc: TaskDoc): string {
  return readable(() => expectedOf(task, doc));
}

function expectedOf(task: Task, doc: TaskDoc): string {
  const { settings } = task;
  if (settings.outputType === 'loglikelihood_rolling') return '';
  const gold = goldOf(task, doc);
  if (settings.outputType !== 'multiple_choice') return shorten(targetsOf(gold, task.hasManyTargets).join(' / '));
  const choices = task.reader.choices(doc.fields) ?? [];
  return shorten(
    goldChoices({ gold, choices, hasManyTargets: task.hasManyTargets })
      .map((place) => choices[place])
      .join(' / '),
  );
}

/** What the model answered: the choice it took, its text, or how probable it held the text. */
export function answerText(task: Task, doc: TaskDoc, answer: Answer | null): string {
  return answer === null ? '(no answer)' : readable(() => answerOf(task, doc, answer));
}

function answerOf(task: Task, doc: TaskDoc, answer: Answer): string {
  switch (answer.kind) {
    case 'choice': {
      const primary = task.measures[0]!;
      const { choices } = answeredDoc(task, doc, answer, primary.pipeline);
      const isNormed = primary.metric.id === 'acc_norm';
      const taken = argmax(
        answer.logprobs.map((logprob, i) => (isNormed ? logprob / lengthOf(choices[i] ?? '') : logprob)),
      );
      return shorten(choices[taken] ?? '');
    }
    case 'text': {
      const { pipeline } = task.measures[0]!;
      const filtered = filteredText(pipeline, doc, answer);
      return shorten(filtered === '[invalid]' ? `${answer.text} (no answer found in it)` : filtered) || '(empty)';
    }
    case 'loglikelihood':
      return answer.isGreedy ? 'the expected text' : `another text (log-probability ${answer.logprob.toFixed(2)})`;
    case 'rolling':
      return `log-probability ${answer.logprob.toFixed(1)} over ${answer.tokens} tokens`;
  }
}

/** A doc its templates do not fit has no words; that must not harm who shows it. */
function readable(describe: () => string): string {
  try {
    return describe();
  } catch {
    return '(unreadable)';
  }
}

function shorten(text: string): string {
  const points = [...text.trim()];
  return points.length <= LONGEST ? points.join('') : `${points.slice(0, LONGEST).join('')}…`;
}
