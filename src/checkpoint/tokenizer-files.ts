/** Which files make up a tokenizer. */

/** Any one of these is a whole vocabulary. */
const VOCABULARY =
  /^(?:tokenizer\.json|tokenizer\.model|spiece\.model|sentencepiece\.bpe\.model|spm\.model|source\.spm|vocab\.txt|tekken\.json|vocab\.json|.*\.tiktoken)$/;

/** These belong to a vocabulary or change what it does. */
const COMPANION = /^(?:merges\.txt|added_tokens\.json|tokenizer_config\.json|special_tokens_map\.json)$/;

/** True when the vocabulary is there. A vocab.json counts only with its merges.txt. */
export function hasTokenizer(files: ReadonlyMap<string, unknown>): boolean {
  for (const name of files.keys()) {
    if (VOCABULARY.test(name) && (name !== 'vocab.json' || files.has('merges.txt'))) return true;
  }
  return false;
}

export function isTokenizerFile(name: string): boolean {
  return VOCABULARY.test(name) || COMPANION.test(name);
}
