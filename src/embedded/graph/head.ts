/**
 * The end of every graph: language-model head on the rows asked for only, log-softmax, target and arg-max inside the graph,
 * so that a few floats come back instead of [batch, time, vocabulary] logits.
 */
import type { GraphBuilder, Value } from './graph-builder.ts';
import type { GraphInputs } from './model-graph.ts';

/** Rows of `hidden` [batch x time, width] that were asked for: [rows, width]. */
export function wantedRows(graph: GraphBuilder, hidden: Value, inputs: GraphInputs): Value {
  return graph.node('Gather', [hidden, inputs.rows], { axis: 0 });
}

/**
 * Outputs: logits [rows, vocabulary]; logprob [rows] of the targets; top_logprob and top_id [rows, top], best first, the lower
 * id first among equals; rank [ranked] of the targets, 1 for the best.
 */
export function nextTokenOutputs(graph: GraphBuilder, logits: Value, inputs: GraphInputs, vocabSize: number): void {
  const last = graph.integers([1]);
  const logSum = graph.node('ReduceLogSumExp', [logits, last], { keepdims: 1 });
  const targets = graph.node('Unsqueeze', [inputs.targets, last]);
  const targetLogit = graph.node('GatherElements', [logits, targets], { axis: 1 });
  const logprob = graph.node('Squeeze', [graph.node('Sub', [targetLogit, logSum]), last]);
  const [topLogit = '', topId = ''] = graph.nodes('TopK', 2, [logits, inputs.top], { axis: 1 });

  const ranked = (value: Value) => graph.node('Gather', [value, inputs.ranked], { axis: 0 });
  const better = graph.node('Greater', [ranked(logits), ranked(targetLogit)]);
  const count = graph.node('ReduceSum', [graph.node('Cast', [better], { to: 1 }), last], { keepdims: 0 });
  const rank = graph.node('Add', [count, graph.floats([1], [1])]);

  graph.output('logits', logits, 'float32', ['rows', vocabSize]);
  graph.output('logprob', logprob, 'float32', ['rows']);
  graph.output('top_logprob', graph.node('Sub', [topLogit, logSum]), 'float32', ['rows', 'tops']);
  graph.output('top_id', topId, 'int64', ['rows', 'tops']);
  graph.output('rank', rank, 'float32', ['ranked']);
}
