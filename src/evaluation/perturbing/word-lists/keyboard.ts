/** Which letters lie beside each other on a QWERTY keyboard. */

const ROWS = ['qwertyuiop', 'asdfghjkl', 'zxcvbnm'];

/** Letter, lower case -> its neighbours, of the same row and of the rows above and below. */
export const NEIGHBOURS: ReadonlyMap<string, string> = new Map(
  ROWS.flatMap((row, y) =>
    [...row].map((letter, x) => {
      const beside = [row[x - 1], row[x + 1]];
      // Each row lies half a key to the right of the one above it.
      const above = [ROWS[y - 1]?.[x], ROWS[y - 1]?.[x + 1]];
      const below = [ROWS[y + 1]?.[x - 1], ROWS[y + 1]?.[x]];
      return [letter, [...beside, ...above, ...below].filter((one) => one !== undefined).join('')] as const;
    }),
  ),
);
