/** Where the hub is and who asks, from the variables that the hub's Python client reads too. */
import { InputError } from '@tiny-recursive-models/tensor'
import { describeValue } from '../../recipes/messages.ts'
import { NoConnection } from './no-connection.ts'

export interface HubAccess {
  /** Address of the hub without a slash at its end. */
  readonly endpoint: string
  /** Needed for private and gated repositories only. */
  readonly token?: string
}

const publicEndpoint = 'https://huggingface.co'

/**
 * `HF_ENDPOINT` (a mirror), `HF_TOKEN` (or its older name `HUGGING_FACE_HUB_TOKEN`) and `HF_HUB_OFFLINE`. What is given
 * explicitly comes first. Unlike the Python client, no token is taken from a file in the home folder.
 */
export function hubAccess(
  given: { readonly hubUrl?: string | undefined; readonly token?: string | undefined } = {},
  environment: Readonly<Record<string, string | undefined>> = process.env,
): HubAccess {
  if (/^(?:1|on|yes|true)$/i.test(environment.HF_HUB_OFFLINE ?? '')) {
    throw new NoConnection({
      who: 'HF_HUB_OFFLINE',
      expected: 'not to be set where the hub is asked',
      got: describeValue(environment.HF_HUB_OFFLINE),
      hint: 'Unset it, or use the files you already have.',
    })
  }
  const endpoint = checkedEndpoint(given.hubUrl ?? (environment.HF_ENDPOINT || publicEndpoint))
  const token = (given.token ?? (environment.HF_TOKEN || environment.HUGGING_FACE_HUB_TOKEN) ?? '').trim()
  if (token === '') return { endpoint }
  // The library refuses other tokens; the error must not show what was given.
  if (!/^hf_[\w-]+$/.test(token)) {
    throw new InputError({
      who: 'HF_TOKEN',
      expected: 'an access token, which begins with hf_',
      got: `${token.length} other characters`,
      hint: 'Copy the token from the settings of your account on the hub, or unset HF_TOKEN: most downloads need none.',
    })
  }
  return { endpoint, token }
}

function checkedEndpoint(text: string): string {
  const url = URL.canParse(text) ? new URL(text) : null
  if (url && /^https?:$/.test(url.protocol) && url.username === '' && url.search === '' && url.hash === '')
    return url.href.replace(/\/+$/, '')
  throw new InputError({
    who: 'address of the hub (HF_ENDPOINT)',
    expected: `one such as ${publicEndpoint}, without user, password and query`,
    got: url?.password ? 'an address with a password' : describeValue(text),
    hint: 'Write it with https://, or unset HF_ENDPOINT.',
  })
}
