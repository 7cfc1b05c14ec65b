/** What tokenizer.json says a tokenizer puts around every text, in the shapes that model families save. */
import { expect, test } from 'vitest';
import { tokensAround } from '../../src/inference/text-frame.ts';

const template = (...pieces: string[]) => ({
  type: 'TemplateProcessing',
  single: pieces.map((id) => (id === 'A' ? { Sequence: { id, type_id: 0 } } : { SpecialToken: { id, type_id: 0 } })),
  pair: [],
  special_tokens: {
    '<s>': { id: '<s>', ids: [1], tokens: ['<s>'] },
    '</s>': { id: '</s>', ids: [2], tokens: ['</s>'] },
  },
});
const byteLevel = { type: 'ByteLevel', add_prefix_space: true, trim_offsets: false, use_regex: true };

test.each([
  ['a BOS before (Llama, Gemma)', template('<s>', 'A'), [1], []],
  ['an end behind (T5)', template('A', '</s>'), [], [2]],
  ['nothing (GPT-2, Qwen)', byteLevel, [], []],
  ['nothing at all', null, [], []],
  [
    'byte level first, then a BOS (Llama 3)',
    { type: 'Sequence', processors: [byteLevel, template('<s>', 'A')] },
    [1],
    [],
  ],
  ['both ends (BERT)', { type: 'BertProcessing', cls: ['[CLS]', 101], sep: ['[SEP]', 102] }, [101], [102]],
  [
    'both ends (RoBERTa)',
    { type: 'RobertaProcessing', cls: ['<s>', 0], sep: ['</s>', 2], trim_offsets: true, add_prefix_space: false },
    [0],
    [2],
  ],
])('%s', (_name, processor, before, after) => {
  expect(tokensAround(processor)).toMatchObject({ before, after });
});
