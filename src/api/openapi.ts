/** The OpenAPI 3.1 document, made from the routes' own schemas so that it cannot say anything else. */
import { z } from 'zod';
import { problemReply } from './contract.ts';
import { JSON_MEDIA, type Route } from './route.ts';

type Json = Record<string, unknown>;

export function describeApi(routes: readonly Route[], version: string): Json {
  const components: Json = {};
  const schema = (type: z.ZodType, io: 'input' | 'output'): Json => {
    const { $schema: _, $defs = {}, ...own } = z.toJSONSchema(type, { io, target: 'draft-2020-12' }) as Json;
    for (const [name, definition] of Object.entries($defs as Json))
      components[name] = withoutId(pointToComponents(definition));
    return pointToComponents(own) as Json;
  };
  const problem = {
    description: 'What went wrong and what to do',
    content: { 'application/problem+json': { schema: schema(problemReply, 'output') } },
  };

  const paths: Record<string, Json> = {};
  for (const route of routes) {
    const params = schema(route.params, 'input');
    const query = schema(route.query, 'input');
    const media = route.media ?? JSON_MEDIA;
    paths[route.path] = {
      ...paths[route.path],
      [route.method.toLowerCase()]: {
        operationId: operationId(route),
        tags: [route.tag],
        summary: route.summary,
        ...(route.scope === null ? { security: [] } : { security: [{ token: [] }], 'x-scope': route.scope }),
        parameters: [...parameters(params, 'path'), ...parameters(query, 'query')],
        ...(route.body && {
          requestBody: { required: false, content: { 'application/json': { schema: schema(route.body, 'input') } } },
        }),
        responses: {
          [route.status ?? 200]: {
            description: 'As asked',
            content: { [media]: { schema: schema(route.reply, 'output') } },
          },
          ...(route.method === 'GET' && media === JSON_MEDIA
            ? { 304: { description: 'Not changed since the ETag' } }
            : {}),
          default: problem,
        },
      },
    };
  }
  return {
    openapi: '3.1.0',
    info: {
      title: 'Libra',
      version,
      description:
        'Reading needs no token on loopback; every write does. Times are RFC 3339 in UTC, numbers that are not finite are null.',
      license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
    },
    servers: [{ url: '/' }],
    paths,
    components: { schemas: components, securitySchemes: { token: { type: 'http', scheme: 'bearer' } } },
  };
}

function operationId(route: Route): string {
  const words = route.path.split(/[^A-Za-z0-9]+/).filter((word) => word !== '' && word !== 'api' && word !== 'v1');
  return [route.method.toLowerCase(), ...words]
    .map((word, i) => (i === 0 ? word : word[0]!.toUpperCase() + word.slice(1)))
    .join('');
}

function parameters(object: Json, place: 'path' | 'query'): Json[] {
  const required = new Set((object.required as string[] | undefined) ?? []);
  return Object.entries((object.properties as Record<string, Json> | undefined) ?? {}).map(([name, own]) => {
    const { description, ...schema } = own;
    return {
      name,
      in: place,
      required: place === 'path' || required.has(name),
      ...(description ? { description } : {}),
      schema,
    };
  });
}

/** `#/$defs/X` -> `#/components/schemas/X`, everywhere. */
function pointToComponents(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(pointToComponents);
  if (value === null || typeof value !== 'object') return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, inner]) => [
      key,
      key === '$ref' && typeof inner === 'string'
        ? inner.replace('#/$defs/', '#/components/schemas/')
        : pointToComponents(inner),
    ]),
  );
}

function withoutId(definition: unknown): unknown {
  const { id: _, ...rest } = definition as Json & { id?: unknown };
  return typeof (definition as Json).id === 'string' ? rest : definition;
}
