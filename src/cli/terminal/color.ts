/** Colours for people only: none with NO_COLOR, on a dumb terminal or in a pipe (unless FORCE_COLOR asks). */

export interface Palette {
  bold(text: string): string;
  dim(text: string): string;
  red(text: string): string;
  green(text: string): string;
  yellow(text: string): string;
  blue(text: string): string;
  cyan(text: string): string;
}

type Environment = Readonly<Record<string, string | undefined>>;

/** What of a stream decides about its looks. */
export interface Output {
  readonly isTTY?: boolean | undefined;
  readonly columns?: number | undefined;
  readonly rows?: number | undefined;
}

/** Whether to colour what goes to this stream (https://no-color.org; FORCE_COLOR=0 also means no). */
export function wantsColour(output: Output, environment: Environment = process.env): boolean {
  if (environment.NO_COLOR) return false;
  if (environment.FORCE_COLOR !== undefined)
    return environment.FORCE_COLOR !== '0' && environment.FORCE_COLOR !== 'false';
  return output.isTTY === true && environment.TERM !== 'dumb';
}

/** Whether the terminal shows more than ASCII: LIBRA_ASCII, a C locale or a dumb terminal say no. */
export function wantsUnicode(environment: Environment = process.env): boolean {
  if (environment.LIBRA_ASCII || environment.TERM === 'dumb') return false;
  const locale = environment.LC_ALL || environment.LC_CTYPE || environment.LANG || 'C.UTF-8';
  return /utf-?8/i.test(locale);
}

/** Columns to draw in: the terminal's, else `fallback` (a pipe has none). */
export function columnsOf(output: Output, fallback: number, environment: Environment = process.env): number {
  const told = output.columns ?? Number(environment.COLUMNS);
  return Number.isInteger(told) && told > 0 ? told : fallback;
}

export function createPalette(isColoured: boolean): Palette {
  const paint =
    (open: number, close: number) =>
    (text: string): string =>
      isColoured && text !== '' ? `\u001b[${open}m${text}\u001b[${close}m` : text;
  return {
    bold: paint(1, 22),
    dim: paint(2, 22),
    red: paint(31, 39),
    green: paint(32, 39),
    yellow: paint(33, 39),
    blue: paint(34, 39),
    cyan: paint(36, 39),
  };
}

export const plainPalette: Palette = createPalette(false);
