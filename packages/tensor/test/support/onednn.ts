/** oneDNN as tests find it. */
import { test } from 'node:test'
import { InputError } from '../../src/errors.ts'
import { type Onednn, openOnednn } from '../../src/node/onednn/library.ts'

/** What installs the library by its usual names, and the files that `TRM_TEST_ONEDNN` names, with colons between. */
const candidates = [
  process.env.TRM_ONEDNN,
  'libdnnl.so.2',
  'libdnnl.so.3',
  ...(process.env.TRM_TEST_ONEDNN?.split(':') ?? []),
]

/** Every version that is installed; without any, one test says that it is skipped. */
export async function installedOnednns(): Promise<readonly Onednn[]> {
  const found = new Map<string, Onednn>()
  let reason = ''
  for (const file of new Set(candidates)) {
    if (!file) continue
    try {
      const onednn = await openOnednn(file)
      if (!found.has(onednn.version)) found.set(onednn.version, onednn)
    } catch (error) {
      if (!(error instanceof InputError)) throw error
      reason = `${error.expected}: got ${error.got}`
    }
  }
  if (found.size === 0) test('oneDNN', { skip: `not installed (${reason})` }, () => {})
  return [...found.values()]
}
