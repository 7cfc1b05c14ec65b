/** The style sheet's colours as a canvas understands them: resolved for the theme that is shown. */

export interface ChartColors {
  readonly ink: string;
  readonly soft: string;
  readonly line: string;
  readonly card: string;
  readonly red: string;
  readonly blue: string;
  readonly series: readonly string[];
}

export function readColors(beside: Element): ChartColors {
  const probe = document.createElement('span');
  beside.append(probe);
  const resolve = (name: string): string => {
    probe.style.color = `var(--${name})`;
    return getComputedStyle(probe).color;
  };
  const colors = {
    ink: resolve('ink'),
    soft: resolve('soft'),
    line: resolve('line'),
    card: resolve('card'),
    red: resolve('red'),
    blue: resolve('blue'),
    series: [1, 2, 3, 4, 5, 6].map((number) => resolve(`series-${number}`)),
  };
  probe.remove();
  return colors;
}

/** A resolved colour, thinned: text drawn on it keeps its own strength. */
export function fade(color: string, alpha: number): string {
  return color.replace(/^rgba?\(([^,]+),([^,]+),([^,)]+).*$/, `rgba($1,$2,$3, ${alpha.toFixed(3)})`);
}
