/** The question in other words: one of the alternative templates that the task file gives under `paraphrases`. */

import { messageOf } from '../../../domain/errors.ts';
import { createDocReader, type DocReader } from '../../asking/doc-fields.ts';
import type { TaskPerturbation } from '../perturbation.ts';
import { pickFrom } from '../seeded-random.ts';

export const paraphrase: TaskPerturbation = {
  kind: 'task',
  name: 'paraphrase',
  description: "the question asked by another of the task file's own templates (`paraphrases`)",
  revision: 1,
  prepare: (task) => {
    const { settings, path, docs } = task;
    const templates = settings.perturbing.paraphrases;
    if (templates.length === 0) return 'its file gives no `paraphrases` (alternative templates for doc_to_text)';
    const columns = Object.keys(docs[0]?.fields ?? {});
    const readers: DocReader['text'][] = [];
    for (const [at, template] of templates.entries()) {
      try {
        const { text } = createDocReader({ ...settings, docToText: template }, columns, path);
        text(docs[0]!.fields);
        readers.push(text);
      } catch (error) {
        return `\`paraphrases\`, entry ${at + 1}, does not fit its docs: ${messageOf(error)}`;
      }
    }
    return (doc, random) => ({ question: pickFrom(readers, random)(doc.fields) });
  },
};
