/** Keeps the answer given most often; of equals the one given first. */
import type { AnswerFilter } from '../filter.ts';

export const majorityVote: AnswerFilter = {
  id: 'majority_vote',
  options: [],
  apply: (answers) => {
    const votes = new Map<string, number>();
    for (const answer of answers) votes.set(answer, (votes.get(answer) ?? 0) + 1);
    const most = Math.max(...votes.values());
    return [...votes]
      .filter(([, count]) => count === most)
      .map(([answer]) => answer)
      .slice(0, 1);
  },
};
