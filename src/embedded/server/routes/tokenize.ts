/** /tokenize and /detokenize in vLLM's shape, with `prompts` for many texts at once. */
import { badRequest } from '../api-error.ts';
import { flagIn, stringsIn, textOrTokens } from '../fields.ts';
import type { Route } from '../route.ts';

export const tokenizeRoute: Route = {
  method: 'POST',
  path: '/tokenize',
  answer: ({ served: { engine }, body }) => {
    const { tokenizer, maxLength } = engine;
    const isBatch = Array.isArray(body.prompts);
    const texts = isBatch ? stringsIn(body, 'prompts') : [body.prompt];
    // vLLM's default is true; the batch form is ours and adds nothing.
    const addSpecialTokens = flagIn(body, 'add_special_tokens', !isBatch);
    const tokens = texts.map((text) => {
      if (typeof text !== 'string') throw badRequest('prompt must be a string');
      return addSpecialTokens ? tokenizer.encodeWithSpecialTokens(text) : tokenizer.encode(text);
    });
    const count = tokens.reduce((sum, ids) => sum + ids.length, 0);
    return { json: { tokens: isBatch ? tokens : tokens[0], count, max_model_len: maxLength } };
  },
};

export const detokenizeRoute: Route = {
  method: 'POST',
  path: '/detokenize',
  answer: ({ served: { engine }, body }) => {
    const tokens = textOrTokens(body.tokens, 'tokens', engine.vocabSize);
    if (typeof tokens === 'string') throw badRequest('tokens must be a list of token ids');
    return { json: { prompt: engine.tokenizer.decode(tokens) } };
  },
};
