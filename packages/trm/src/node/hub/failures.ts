/** What can go wrong between here and the hub, in words that help. */
import { InputError } from '@tiny-recursive-models/tensor'
import { errorCode } from '../file-errors.ts'
import type { HubAccess } from './access.ts'
import { formatRepository, type HubRepository, repositoryPage } from './address.ts'
import { NoConnection } from './no-connection.ts'

/** A connection that failed in a way that may be different a moment later. */
export class LostConnection extends Error {
  /** How long the server asks to wait. */
  readonly waitMs: number

  constructor(reason: string, waitMs = 0, options?: ErrorOptions) {
    super(reason, options)
    this.waitMs = waitMs
  }
}

/** The server does not give the part of a file that was asked for: begin it from its first byte. */
export class RangeRefused extends Error {}

/** What is to be made is there already. */
export class AlreadyThere extends Error {}

/** The transfer was stopped by its signal. */
export class Stopped extends Error {}

/** What was asked for. */
export interface Asked {
  readonly repository: HubRepository
  readonly revision: string
  /** Something is to be written there. */
  readonly writes?: boolean
}

/** The longest wait that a server may ask for. */
const maxWaitMs = 60_000

/** The error for an answer that is not what was asked for. */
export function responseError(
  response: Response,
  access: HubAccess,
  asked: Asked,
): InputError | LostConnection | RangeRefused | AlreadyThere {
  const { status, headers } = response
  const host = new URL(response.url).host
  if (status === 416) return new RangeRefused('the server has no such part of the file')
  // Where large files lie, a refusal means a link that is too old: the next try gets a new one.
  const isElsewhere = host !== new URL(access.endpoint).host
  if (status === 408 || status === 429 || status >= 500 || isElsewhere) {
    const seconds = Number(headers.get('Retry-After') ?? 0)
    const waitMs = seconds > 0 ? Math.min(maxWaitMs, seconds * 1000) : 0
    return new LostConnection(`HTTP ${status} from ${host}`, waitMs)
  }
  if (asked.writes && status === 409) return new AlreadyThere('the repository is there already')
  return new InputError({
    who: formatRepository(asked.repository),
    ...describeRefusal(status, headers.get('X-Error-Code'), access, asked),
  })
}

/** Codes: `huggingface_hub/utils/_http.py` of the Python client. */
function describeRefusal(status: number, code: string | null, access: HubAccess, asked: Asked) {
  const page = repositoryPage(access.endpoint, asked.repository)
  const answer = `(HTTP ${status})`
  const hasToken = access.token !== undefined
  if (asked.writes) {
    if (status === 412) {
      return {
        expected: 'a repository that nobody else writes to meanwhile',
        got: `one with a newer commit ${answer}`,
        hint: 'Look at what has changed there, and run it again.',
      }
    }
    return {
      expected: `a token that may write to ${asked.repository.name}`,
      got: `a refusal ${answer}`,
      hint: `Check the name, and that HF_TOKEN is a valid token with write access to ${asked.repository.name.split('/')[0]}.`,
    }
  }
  if (code === 'RevisionNotFound') {
    return {
      expected: 'a branch, a tag or a commit of the repository',
      got: `"${asked.revision}", which it does not have ${answer}`,
      hint: 'Leave the revision out for the newest state (main).',
    }
  }
  if (code === 'GatedRepo' || status === 403) {
    return {
      expected: 'a repository with open access',
      got: `one that requires permission ${answer}`,
      hint: hasToken
        ? `Ask for access on ${page} with the account that HF_TOKEN belongs to.`
        : `Ask for access on ${page}, then set HF_TOKEN to a token of that account.`,
    }
  }
  if (status === 401 || status === 404) {
    const other =
      asked.repository.type === 'dataset' ? 'a model (hf:OWNER/NAME)' : 'a data set (hf:datasets/OWNER/NAME)'
    return {
      expected: `a ${asked.repository.type === 'dataset' ? 'data set' : 'model'} of that name`,
      got: `none, or a private one ${answer}`,
      hint: hasToken
        ? `Check ${page}, whether it is ${other}, and that the token in HF_TOKEN is valid and may read it.`
        : `Check ${page}, and whether it is ${other}; a private one needs HF_TOKEN.`,
    }
  }
  return {
    expected: 'an answer from the hub',
    got: `a refusal ${answer}`,
    hint: 'Check HF_ENDPOINT and try again later.',
  }
}

/** Codes of Node for a host that cannot be found or reached, or is not who it says it is. */
const unreachable: ReadonlySet<string> = new Set([
  ...['ENOTFOUND', 'EAI_AGAIN', 'ECONNREFUSED', 'EHOSTUNREACH', 'ENETUNREACH', 'ETIMEDOUT'],
  ...['UND_ERR_CONNECT_TIMEOUT', 'CERT_HAS_EXPIRED', 'DEPTH_ZERO_SELF_SIGNED_CERT'],
  ...['SELF_SIGNED_CERT_IN_CHAIN', 'UNABLE_TO_VERIFY_LEAF_SIGNATURE', 'UNABLE_TO_GET_ISSUER_CERT_LOCALLY'],
  'ERR_TLS_CERT_ALTNAME_INVALID',
])

/** A request that failed, or a body that broke off. Where nothing can be reached, `cause` is the error to show. */
export function connectionError(error: unknown, endpoint: string): LostConnection {
  const cause = error instanceof Error && error.cause !== undefined ? error.cause : error
  const code = errorCode(cause)
  const text = cause instanceof Error ? cause.message : String(cause)
  if (code === null || !unreachable.has(code))
    return new LostConnection(`a broken connection (${code ?? text})`, 0, { cause: error })
  const behindProxy = ['HTTPS_PROXY', 'https_proxy'].some((name) => process.env[name])
  const shown = new NoConnection({
    who: endpoint,
    expected: 'an answer',
    got: `no connection (${code})`,
    hint: behindProxy
      ? 'Check the network. Node uses the proxy of HTTPS_PROXY only with NODE_USE_ENV_PROXY=1 (Node 22.21, 24 or later).'
      : 'Check the network and HF_ENDPOINT, or get the files here by other means.',
  })
  return new LostConnection(`no connection (${code})`, 0, { cause: shown })
}
