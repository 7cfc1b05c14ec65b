/** Common Chinese characters that sound alike. The only door to pinyin-pro. */

/** Level 1 of GB 2312: the 3,755 characters its authors held for common, rows 16 to 55 of the code table. */
function commonCharacters(): string {
  const bytes: number[] = [];
  for (let row = 0xb0; row <= 0xd7; row++) {
    const last = row === 0xd7 ? 0xf9 : 0xfe;
    for (let cell = 0xa1; cell <= last; cell++) bytes.push(row, cell);
  }
  return new TextDecoder('gb18030').decode(Uint8Array.from(bytes));
}

/** Character -> the others of the same sound, whatever their tone; characters alone in their sound are left out. */
export async function readHomophones(): Promise<ReadonlyMap<string, readonly string[]>> {
  const { pinyin } = await import('pinyin-pro');
  const bySound = new Map<string, string[]>();
  for (const character of commonCharacters()) {
    const sound = pinyin(character, { toneType: 'none' });
    const group = bySound.get(sound);
    if (group === undefined) bySound.set(sound, [character]);
    else group.push(character);
  }
  return new Map(
    [...bySound.values()]
      .filter((group) => group.length > 1)
      .flatMap((group) => group.map((one) => [one, group.filter((other) => other !== one)] as const)),
  );
}
