/** Options that take a whole number. */
import { InvalidArgumentError } from 'commander';

/** Reads one of at least `least`, without sign, point or thousands separator. */
export function wholeNumber(least: number): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (/^\d+$/.test(text.trim()) && Number.isSafeInteger(value) && value >= least) return value;
    throw new InvalidArgumentError(`expected a whole number of at least ${least}.`);
  };
}
