/** How bad it is, at a glance: one emoji and one colour, the same in every chat. */
import type { Message } from './message.ts';

export interface SeverityMark {
  readonly emoji: string;
  readonly colour: 'red' | 'orange' | 'blue' | 'green';
  /** 0xRRGGBB. */
  readonly rgb: number;
}

const MARKS = {
  critical: { emoji: '🔴', colour: 'red', rgb: 0xc62828 },
  warning: { emoji: '🟠', colour: 'orange', rgb: 0xb26a00 },
  info: { emoji: '🔵', colour: 'blue', rgb: 0x1565c0 },
  resolved: { emoji: '✅', colour: 'green', rgb: 0x2e7d32 },
} as const satisfies Record<string, SeverityMark>;

export function markOf({ severity, isResolved }: Pick<Message, 'severity' | 'isResolved'>): SeverityMark {
  return MARKS[isResolved ? 'resolved' : severity];
}
