/** /health and /v1/models: alive, and which model with which limits. */
import * as ort from 'onnxruntime-node';
import { VERSION } from '../../../system/version.ts';
import { ApiError } from '../api-error.ts';
import type { Body } from '../fields.ts';
import type { Route, Served } from '../route.ts';

/** Both make the numbers: our graphs and what computes them. */
const ENGINE_VERSION = `${VERSION}, onnxruntime ${ort.env.versions.node}`;

export const healthRoute: Route = {
  method: 'GET',
  path: '/health',
  answer: ({ served }) => ({ json: { status: 'ok', ...served.work.state } }),
};

/** `libra` says what computes (always in float32, whatever the weights are stored in); `libra.score` is the path of this engine's own scoring extension; other engines have no such key. */
export const modelsRoute: Route = {
  method: 'GET',
  path: '/v1/models',
  answer: ({ served }) => ({
    json: {
      object: 'list',
      data: [cardOf(served)],
      libra: { score: '/v1/score', version: ENGINE_VERSION, dtype: 'float32', device: 'cpu' },
    },
  }),
};

/** One model by its name, which may hold slashes. */
export const modelRoute: Route = {
  method: 'GET',
  path: '/v1/models/',
  answer: ({ served, rest }) => {
    requireModel({ model: rest }, served);
    return { json: cardOf(served) };
  },
};

function cardOf(served: Served) {
  return {
    id: served.name,
    object: 'model',
    created: served.startedAt,
    owned_by: 'libra',
    max_model_len: served.engine.maxLength,
    fingerprint: served.fingerprint,
  };
}

/** @throws ApiError 404 when the request names another model */
export function requireModel(body: Body, served: Served): void {
  const asked = body.model ?? served.name;
  if (asked === served.name) return;
  const which = typeof asked === 'string' ? `the model ${JSON.stringify(asked.slice(0, 200))}` : 'that model';
  throw new ApiError(404, 'model_not_found', `${which} is not served here, ${served.name} is`, { param: 'model' });
}
