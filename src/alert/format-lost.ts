/** Whether an alert is about the form of the answers rather than about what the model can do. */
import type { AlertMember } from '../domain/alert.ts';

/** Every capability in it kept most of its score on the docs that still parse. */
export function isFormatLost(members: readonly AlertMember[]): boolean {
  return members.length > 0 && members.every(({ format }) => format?.explainsIt === true);
}
