/** /tokenize, /detokenize and /tokenizer_info in vLLM's shapes, with `prompts` for many texts at once. */
import { badRequest } from '../api-error.ts';
import { renderMessages } from '../chat-messages.ts';
import { type Body, flagIn, stringsIn, textOrTokens } from '../fields.ts';
import type { Route, Served } from '../route.ts';
import { requireModel } from './models.ts';

export const tokenizeRoute: Route = {
  method: 'POST',
  path: '/tokenize',
  answer: ({ served, body }) => {
    requireModel(body, served);
    const { tokenizer, maxLength } = served.engine;
    const isBatch = Array.isArray(body.prompts);
    const tokens = isBatch ? encodeAll(body, served) : [encodeOne(body, served)];
    const count = tokens.reduce((sum, ids) => sum + ids.length, 0);
    const wantTexts = !isBatch && flagIn(body, 'return_token_strs', false);
    const texts = wantTexts ? (tokens[0] ?? []).map((id) => tokenizer.decode([id])) : null;
    return {
      json: { tokens: isBatch ? tokens : tokens[0], count, max_model_len: maxLength, token_strs: texts },
    };
  },
};

/** The batch form is ours, and adds nothing unless asked to. */
function encodeAll(body: Body, { engine: { tokenizer } }: Served): number[][] {
  const encode = flagIn(body, 'add_special_tokens', false) ? tokenizer.encodeWithSpecialTokens : tokenizer.encode;
  return stringsIn(body, 'prompts').map((text) => encode(text));
}

/** vLLM's default is to add what the tokenizer's own template wants. */
function encodeOne(body: Body, { engine }: Served): number[] {
  if (body.messages !== undefined) return renderMessages(body, engine);
  const { prompt } = body;
  if (typeof prompt !== 'string') throw badRequest('prompt must be a string', 'prompt');
  const { encode, encodeWithSpecialTokens } = engine.tokenizer;
  return flagIn(body, 'add_special_tokens', true) ? encodeWithSpecialTokens(prompt) : encode(prompt);
}

export const detokenizeRoute: Route = {
  method: 'POST',
  path: '/detokenize',
  answer: ({ served, body }) => {
    requireModel(body, served);
    const { engine } = served;
    const tokens = textOrTokens(body.tokens, 'tokens', engine.vocabSize);
    if (typeof tokens === 'string') throw badRequest('tokens must be a list of token ids', 'tokens');
    return { json: { prompt: engine.tokenizer.decode(tokens) } };
  },
};

/** What tokenizer_config.json says, with the special tokens as plain texts and null for those there are not. */
export const tokenizerInfoRoute: Route = {
  method: 'GET',
  path: '/tokenizer_info',
  answer: ({ served: { engine } }) => {
    const { tokenizer } = engine;
    const special = (name: 'bos_token' | 'eos_token' | 'pad_token' | 'unk_token') =>
      tokenizer.specialText(name) || null;
    return {
      json: {
        ...tokenizer.config,
        tokenizer_class: tokenizer.config.tokenizer_class ?? 'PreTrainedTokenizerFast',
        bos_token: special('bos_token'),
        eos_token: special('eos_token'),
        pad_token: special('pad_token'),
        unk_token: special('unk_token'),
      },
    };
  },
};
