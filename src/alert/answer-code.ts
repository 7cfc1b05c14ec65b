/** For vendors that answer 200 to everything and say in the body by a number what came of it. */
import { cleanLine } from './clean-text.ts';
import type { DeliveryOutcome } from './notifier.ts';
import type { JsonAnswer } from './post-json.ts';

export interface CodeMeanings {
  /** Who is spoken to, as a sentence begins. */
  readonly who: string;
  /** Keys of the number and of its explanation in the body. */
  readonly code: string;
  readonly text: string;
  /** Numbers that pass, with the wait in ms that they ask for; null leaves it to the usual schedule. */
  readonly passing: Readonly<Record<number, number | null>>;
  /** What to do about a refusal. */
  readonly hints: Readonly<Record<number, string>>;
}

/** Zero is sent, a number that is not known to pass is a refusal for good; null when the status says it all. */
export function readAnswerCode(answer: JsonAnswer, meanings: CodeMeanings): DeliveryOutcome | null {
  const { who, passing, hints } = meanings;
  const code = answer.json[meanings.code];
  const isOk = answer.status >= 200 && answer.status <= 299;
  if (typeof code !== 'number') {
    if (!isOk) return null;
    const error = `${who} answered ${answer.status} without a ${meanings.code}: is something between that answers for it?`;
    return { kind: 'retry', error, afterMs: answer.retryAfterMs };
  }
  const text = cleanLine(String(answer.json[meanings.text] ?? ''), 160);
  if (code === 0) {
    const isWarned = /warning/i.test(text);
    return isOk ? { kind: 'sent', detail: `${meanings.code} 0${isWarned ? `, but: ${text}` : ''}` } : null;
  }
  const error = `${who} answered ${meanings.code} ${code}${text ? `: ${text}` : ''}.`;
  if (code in passing) return { kind: 'retry', error, afterMs: answer.retryAfterMs ?? passing[code] ?? null };
  if (answer.status === 429 || answer.status >= 500) return { kind: 'retry', error, afterMs: answer.retryAfterMs };
  return { kind: 'dead', error: hints[code] ? `${error} ${hints[code]}` : error };
}
