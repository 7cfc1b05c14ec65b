/** Simplified Chinese <-> traditional, word by word as OpenCC does it. The only door to opencc-js. */

export async function toTraditional(): Promise<(text: string) => string> {
  const { Converter } = await import('opencc-js/cn2t');
  return Converter({ from: 'cn', to: 't' });
}

export async function toSimplified(): Promise<(text: string) => string> {
  const { Converter } = await import('opencc-js/t2cn');
  return Converter({ from: 't', to: 'cn' });
}
