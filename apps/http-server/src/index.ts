/** What the servers of `trm` have in common. */
export { bodyTooLarge, isOwnHost, type ServerRules } from './guard.ts'
export { type HttpLimits, httpLimits } from './limits.ts'
export type { ApiProblem } from './problem.ts'
export { notFound, problemOf, quoted, Refusal } from './refusal.ts'
export { type HttpServer, type HttpServerOptions, startHttpServer } from './server.ts'
