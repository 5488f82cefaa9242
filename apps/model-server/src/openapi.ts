/** The description of the server for programs, made of the schemas by which it answers. OpenAPI 3.1: https://spec.openapis.org/oas/v3.1.1 */
import { z } from 'zod'
import { modelsAnswer, problemAnswer, solveAnswer, solveBody, statusAnswer } from './api.ts'
import type { ModelServerLimits } from './limits.ts'

type Json = Readonly<Record<string, unknown>>

/** Failures of POST /v1/solve, by status. */
const failures: Readonly<Record<number, string>> = {
  400: 'The body is not JSON, or the request is malformed.',
  403: 'The Host is not one of this server, or the request comes from a foreign page.',
  404: 'There is no model of that name.',
  408: 'The request took too long to arrive.',
  413: 'The body is too large.',
  415: 'The body is not declared as application/json.',
  422: 'The puzzle or an option is not valid.',
  429: 'Too many puzzles wait. Retry-After says when to ask again.',
  500: 'A bug in the program.',
  503: 'The server starts or stops. Retry-After says when to ask again.',
  504: 'There was no answer in time.',
}
const retries = [429, 503]

export function describeApi(limits: ModelServerLimits, version: string): Json {
  return {
    openapi: '3.1.1',
    info: {
      title: 'Tiny recursive models',
      description: 'Trained models that answer puzzles, improving an answer step by step.',
      version,
      license: { name: 'MIT', identifier: 'MIT' },
    },
    paths: {
      '/v1/solve': {
        post: {
          operationId: 'solve',
          summary: 'Solve a puzzle.',
          requestBody: { required: true, content: json('SolveBody') },
          responses: {
            200: { description: 'The answer, right or wrong.', content: json('SolveAnswer') },
            ...Object.fromEntries(
              Object.entries(failures).map(([status, description]) => [
                status,
                problem(description, retries.includes(Number(status))),
              ]),
            ),
          },
        },
      },
      '/v1/models': {
        get: {
          operationId: 'models',
          summary: 'The models, and what may be asked of them.',
          responses: {
            200: { description: 'All models.', content: json('ModelsAnswer') },
            503: problem('The server starts.', true),
          },
        },
      },
      '/healthz': {
        get: {
          operationId: 'health',
          summary: 'Whether the process answers.',
          responses: { 200: { description: 'It does.', content: json('StatusAnswer') } },
        },
      },
      '/readyz': {
        get: {
          operationId: 'ready',
          summary: 'Whether it takes puzzles.',
          responses: {
            200: { description: 'It does.', content: json('StatusAnswer') },
            503: { description: 'It starts or stops.', content: json('StatusAnswer') },
          },
        },
      },
      '/metrics': {
        get: {
          operationId: 'metrics',
          summary: 'Figures for Prometheus.',
          responses: {
            200: {
              description: 'Text format 0.0.4.',
              content: { 'text/plain': { schema: { type: 'string' } } },
            },
          },
        },
      },
      '/openapi.json': {
        get: {
          operationId: 'describe',
          summary: 'This description.',
          responses: {
            200: {
              description: 'OpenAPI 3.1.',
              content: { 'application/json': { schema: { type: 'object' } } },
            },
          },
        },
      },
    },
    components: {
      schemas: {
        SolveBody: {
          ...schemaOf(solveBody(limits), 'input'),
          oneOf: [{ required: ['puzzle'] }, { required: ['tokens'] }],
        },
        SolveAnswer: schemaOf(solveAnswer),
        ModelsAnswer: schemaOf(modelsAnswer),
        StatusAnswer: schemaOf(statusAnswer),
        Problem: schemaOf(problemAnswer),
      },
    },
  }
}

function schemaOf(schema: z.ZodType, io: 'input' | 'output' = 'output'): Json {
  const { $schema: _, ...rest } = z.toJSONSchema(schema, { target: 'draft-2020-12', io })
  return rest
}

const json = (name: string): Json => ({
  'application/json': { schema: { $ref: `#/components/schemas/${name}` } },
})

const problem = (description: string, retries: boolean): Json => ({
  description,
  content: json('Problem'),
  ...(retries && {
    headers: { 'Retry-After': { description: 'Seconds.', schema: { type: 'integer', minimum: 1 } } },
  }),
})
