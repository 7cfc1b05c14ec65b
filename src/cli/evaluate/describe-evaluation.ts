/** An evaluation as one JSON object for scripts. Numbers that are not finite stand as null. */
import type { OnceEvaluated } from '../../daemon/evaluate-once.ts';
import { meanRobustness } from '../../evaluation/scoring/robustness.ts';
import { finiteOrNull } from '../../system/json.ts';

export function describeEvaluation(evaluated: OnceEvaluated) {
  const { measured, provenance, problems, notPerturbed, facts, work, tasks, engineReason, files } = evaluated;
  return {
    checkpoint: facts.checkpoint,
    fingerprint: facts.fingerprint,
    seconds: facts.seconds,
    work,
    model: { ...evaluated.modelType, prompting: evaluated.promptingNote },
    engine: { ...facts.model, reason: engineReason },
    scores: measured.scores.map((score) => ({
      ...score,
      value: finiteOrNull(score.value),
      stderr: finiteOrNull(score.stderr),
    })),
    capabilities: measured.capabilities.map((node) => ({
      ...node,
      value: finiteOrNull(node.value),
      stderr: finiteOrNull(node.stderr),
      members: node.members.map((member) => ({ ...member, stderr: finiteOrNull(member.stderr) })),
    })),
    provenance,
    robustness: {
      means: meanRobustness(measured.scores).map((mean) => ({ ...mean, stderr: finiteOrNull(mean.stderr) })),
      not_perturbed: notPerturbed,
    },
    tasks: tasks.map(({ summary }) => summary),
    problems: problems.map(({ task, file, error }) => ({
      task,
      file,
      code: error.code,
      message: error.message,
      hint: error.hint,
    })),
    files,
  };
}
