/** One doc's answer -> its value under each measure of the task. Pure. */
import { type Answer, textsOf } from '../../domain/sample.ts';
import { pythonStr } from '../python/python-value.ts';
import type { FilterPipeline, Task, TaskDoc } from '../task.ts';
import type { AnsweredDoc } from './metric.ts';

/** Values by measure id; what an aggregation needs beside them under `<id>:<part>`. */
export function scoreDoc(task: Task, doc: TaskDoc, answer: Answer): Record<string, number> {
  const values: Record<string, number> = {};
  for (const measure of task.measures) {
    const { value, parts } = measure.metric.score(answeredDoc(task, doc, answer, measure.pipeline), measure.options);
    values[measure.id] = value;
    for (const [part, number] of Object.entries(parts ?? {})) values[`${measure.id}:${part}`] = number;
  }
  return values;
}

export function answeredDoc(task: Task, doc: TaskDoc, answer: Answer, pipeline: FilterPipeline): AnsweredDoc {
  const { outputType } = task.settings;
  const texts = filteredTexts(pipeline, doc, answer);
  return {
    outputType,
    answer,
    choices: task.reader.choices(doc.fields) ?? [],
    gold: goldOf(task, doc),
    hasManyTargets: task.hasManyTargets,
    text: texts[0] ?? '',
    texts,
    executions: (answer.kind === 'text' && answer.executions?.[pipeline.name]) || null,
    question: () => pythonStr(task.reader.text(doc.fields)),
  };
}

/** What is right: for a generating task with choices the text of the right choice. */
export function goldOf(task: Task, doc: TaskDoc): unknown {
  if (task.hasManyInputs) return task.reader.text(doc.fields);
  const target = task.reader.target(doc.fields);
  const choices = task.settings.outputType === 'generate_until' ? task.reader.choices(doc.fields) : null;
  return choices !== null && typeof target === 'number' ? choices.at(target) : target;
}

/** The generated text after a pipeline's filters, the first of several; empty for other answers. */
export function filteredText(pipeline: FilterPipeline, doc: TaskDoc, answer: Answer): string {
  return filteredTexts(pipeline, doc, answer)[0] ?? '';
}

/** The generated texts after a pipeline's filters; none for other answers. */
export function filteredTexts(pipeline: FilterPipeline, doc: TaskDoc, answer: Answer): readonly string[] {
  return answer.kind === 'text' ? filterTexts(pipeline, doc, textsOf(answer)) : [];
}

/** All answers of a doc go through each filter together, so that one may vote among them or take some. */
export function filterTexts(pipeline: FilterPipeline, doc: TaskDoc, texts: readonly string[]): readonly string[] {
  let answers = pipeline.takesFirst === true ? texts.slice(0, 1) : texts;
  for (const { filter, options } of pipeline.steps) answers = filter.apply(answers, options, doc.fields);
  return answers;
}
