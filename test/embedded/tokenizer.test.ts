import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { pairEncoder } from '../../src/embedded/text/encode-pair.ts';
import { TextStream } from '../../src/embedded/text/text-stream.ts';
import { loadTokenizer } from '../../src/embedded/text/tokenizer.ts';
import { recorded } from './recorded/recorded.ts';

const directory = fileURLToPath(new URL('./recorded/tokenizer', import.meta.url));
const tokenizer = await loadTokenizer(directory, { eos_token_id: 0 });
const { texts, ids, decoded, decoded_half } = recorded.tokenizer;

test.each(texts.map((text, index) => [text, index] as const))(
  '%j is encoded and decoded as transformers does',
  (text, index) => {
    const tokens = tokenizer.encode(text);
    expect(tokens).toEqual(ids[index]);
    expect(tokenizer.decode(tokens)).toBe(decoded[index]);
    expect(tokenizer.decode(tokens.slice(0, tokens.length >> 1))).toBe(decoded_half[index]);
  },
);

test('spaces at the end of a context move to the continuation', () => {
  const encode = pairEncoder(tokenizer);
  const before = tokenizer.encode('The sky is');
  const whole = tokenizer.encode('The sky is blue');
  expect(encode('The sky is  ', 'blue').context).toEqual(before);
  expect(encode('The sky is ', 'blue')).toEqual({ context: before, continuation: whole.slice(before.length) });
  const { context, continuation } = encode('The sky is', ' blue');
  expect([...context, ...continuation]).toEqual(whole);
});

test('an empty context is the prefix token, unless the continuation begins with it', () => {
  const encode = pairEncoder(tokenizer);
  expect(encode('', 'hello')).toEqual({ context: [0], continuation: tokenizer.encode('hello') });
  expect(encode('', '<|end|>hello')).toEqual({ context: [0], continuation: tokenizer.encode('hello') });
});

test('streamed text is the text, piece by piece, and never half a character', () => {
  for (const text of texts) {
    const stream = new TextStream(tokenizer, []);
    const pieces = tokenizer.encode(text).map((token) => stream.push(token));
    pieces.push(stream.finish());
    expect(pieces.join('')).toBe(tokenizer.decode(tokenizer.encode(text), { skipSpecialTokens: true }));
    for (const piece of pieces.slice(0, -1)) expect(piece.endsWith('\ufffd')).toBe(false);
  }
});

test('a stop string that spans tokens is found, and nothing of it is shown', () => {
  const stream = new TextStream(tokenizer, ['\n\n', 'three four']);
  const shown = tokenizer.encode('one two three four five').map((token) => stream.push(token));
  expect(shown.join('')).toBe('one two ');
  expect(stream.isStopped).toBe(true);
  expect(stream.finish()).toBe('');
});
