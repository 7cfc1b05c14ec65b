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
 * Outputs: distribution [rows, vocabulary] of log-probabilities; logprob [asks] of the targets; top_logprob and top_id
 * [rows, top], best first, the lower id first among equals; rank [ranked] of the targets, 1 for the best.
 */
export function nextTokenOutputs(graph: GraphBuilder, logits: Value, inputs: GraphInputs, vocabSize: number): void {
  const last = graph.integers([1]);
  // LogSoftmax and not ReduceLogSumExp: the runtime's is vectorised, five times as fast on small vocabularies.
  const distribution = graph.node('LogSoftmax', [logits], { axis: 1 });
  const column = (value: Value) => graph.node('Unsqueeze', [graph.node('Cast', [value], { to: 7 }), last]);
  const places = graph.node('Concat', [column(inputs.askRows), column(inputs.targets)], { axis: 1 });
  const wanted = graph.node('GatherND', [distribution, places]);
  const [topLogprob = '', topId = ''] = graph.nodes('TopK', 2, [distribution, inputs.top], { axis: 1 });

  const ranked = (value: Value) => graph.node('Gather', [value, inputs.ranked], { axis: 0 });
  const beside = graph.node('Gather', [distribution, ranked(inputs.askRows)], { axis: 0 });
  const better = graph.node('Greater', [beside, graph.node('Unsqueeze', [ranked(wanted), last])]);
  const count = graph.node('ReduceSum', [graph.node('Cast', [better], { to: 1 }), last], { keepdims: 0 });

  graph.output('distribution', distribution, 'float32', ['rows', vocabSize]);
  graph.output('logprob', wanted, 'float32', ['asks']);
  graph.output('top_logprob', topLogprob, 'float32', ['rows', 'tops']);
  graph.output('top_id', graph.node('Cast', [topId], { to: 6 }), 'int32', ['rows', 'tops']);
  graph.output('rank', graph.node('Add', [count, graph.floats([1], [1])]), 'float32', ['ranked']);
}
