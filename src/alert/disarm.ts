/** Text from outside that a chat would turn into a mention, a link or markup, made inert while it reads the same. */

const BREAK = '\u200b';

/** No client finds a mention or an address in it: an invisible break stands after `@` and inside `://`. */
export function disarm(text: string): string {
  return text
    .replace(/@(?=[\p{L}\p{N}_])/gu, `@${BREAK}`)
    .replaceAll('://', `:${BREAK}//`)
    .replace(/\bwww\./gi, (found) => `${found.slice(0, -1)}${BREAK}.`);
}

const LOOK_ALIKES: Readonly<Record<string, string>> = {
  '<': '＜',
  '>': '＞',
  '[': '［',
  ']': '］',
  '*': '∗',
  '`': 'ˋ',
  '~': '∼',
  '|': '｜',
  '\\': '＼',
};

/**
 * For dialects of markdown that have no escape, or none that is documented: look-alikes stand for what would be markup.
 * An underscore inside a word stays, so that names of tasks can be copied. An invisible break stands before what would begin a heading, a list,
 * a rule or a function of a card.
 */
export function disarmMarkdown(text: string): string {
  return disarm(text)
    .replaceAll('->', '→')
    .replace(/^(\s*)(?=#{1,6}\s|[-+]\s|\d+[.)]\s|-{3}|={3})/gm, `$1${BREAK}`)
    .replaceAll('{{', `{${BREAK}{`)
    .replace(/[<>[\]*`~|\\]/g, (found) => LOOK_ALIKES[found] ?? found)
    .replace(/(?<![\p{L}\p{N}])_|_(?![\p{L}\p{N}])/gu, '＿');
}

/** An address that cannot end the brackets of `[text](address)` early. */
export function markdownAddress(url: string): string {
  return url.replace(/[()<>\\]/g, (found) => `%${found.charCodeAt(0).toString(16).toUpperCase()}`);
}
