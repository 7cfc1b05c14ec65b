import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { decideModelType, type ModelTypeFacts, recogniseModelType } from '../../src/checkpoint/model-type.ts';

const CHATML = '{% for m in messages %}<|im_start|>{{ m.role }}\n{{ m.content }}<|im_end|>\n{% endfor %}';
const bare: ModelTypeFacts = {
  names: ['checkpoint-100'],
  architectures: ['LlamaForCausalLM'],
  chatTemplate: null,
  endTokens: [],
  adapterBase: null,
  isAdapter: false,
  hasPooling: false,
};

describe('decideModelType', () => {
  it('takes a model without a template for a base model', () => {
    expect(decideModelType(bare)).toMatchObject({ type: 'base', hasChatTemplate: false });
  });

  it('is not misled by a template that a base model carries', () => {
    const carried = decideModelType({ ...bare, chatTemplate: CHATML, endTokens: ['<|endoftext|>'] });
    expect(carried.type).toBe('base');
    expect(carried.evidence[0]).toContain('nothing shows');
  });

  it('knows a tuned model by how it ends its turns, by its stage, or by its name', () => {
    const ended = decideModelType({ ...bare, chatTemplate: CHATML, endTokens: ['<|endoftext|>', '<|im_end|>'] });
    expect(ended).toMatchObject({ type: 'chat', evidence: [expect.stringContaining('<|im_end|>'), expect.anything()] });
    expect(decideModelType({ ...bare, chatTemplate: '{{ m.content + eos_token }}' }).type).toBe('chat');
    expect(decideModelType({ ...bare, chatTemplate: CHATML }, { stage: 'sft' }).type).toBe('chat');
    expect(decideModelType({ ...bare, chatTemplate: CHATML, names: ['Some-1B-Instruct'] }).type).toBe('chat');
    expect(decideModelType({ ...bare, chatTemplate: CHATML, names: ['digit-model', 'charity'] }).type).toBe('base');
  });

  it('asks a tuned model without a template as a base model, and says so', () => {
    const { type, evidence } = decideModelType(bare, { stage: 'sft' });
    expect(type).toBe('base');
    expect(evidence[0]).toContain('no chat template');
  });

  it('lets the user have the last word', () => {
    expect(decideModelType({ ...bare, chatTemplate: CHATML }, { type: 'chat' }).type).toBe('chat');
    expect(decideModelType({ ...bare, names: ['x-chat'], chatTemplate: CHATML }, { type: 'base' }).type).toBe('base');
  });

  it('knows models that do not write text', () => {
    expect(decideModelType({ ...bare, architectures: ['LlamaForSequenceClassification'] }).type).toBe('reward');
    expect(decideModelType({ ...bare, architectures: ['BertModel'] }).type).toBe('embedding');
    expect(decideModelType({ ...bare, hasPooling: true }).type).toBe('embedding');
    expect(decideModelType({ ...bare, architectures: ['GPT2LMHeadModel'] }).type).toBe('base');
  });
});

describe('recogniseModelType', () => {
  let directory: string;
  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), 'libra-model-type-'));
  });
  afterEach(() => rm(directory, { recursive: true }));
  const write = (name: string, content: unknown) =>
    writeFile(join(directory, name), typeof content === 'string' ? content : JSON.stringify(content));

  it('reads the files transformers writes', async () => {
    await write('config.json', { architectures: ['Qwen2ForCausalLM'] });
    await write('chat_template.jinja', CHATML);
    await write('tokenizer_config.json', {
      eos_token: { content: '<|endoftext|>' },
      added_tokens_decoder: { 7: { content: '<|im_end|>' } },
    });
    expect((await recogniseModelType(directory)).type).toBe('base');
    await write('generation_config.json', { eos_token_id: [7, 1] });
    expect((await recogniseModelType(directory)).type).toBe('chat');
  });

  it('finds what an adapter stands on, and survives broken files', async () => {
    await write('adapter_config.json', { base_model_name_or_path: 'org/model-Instruct' });
    await write('config.json', '{"architectures": [');
    expect(await recogniseModelType(directory)).toMatchObject({
      type: 'base',
      isAdapter: true,
      base: 'org/model-Instruct',
    });
  });
});
