/** A test reporter that writes one line of JSON for every test, for scripts/test.mjs to count. */
export default async function* recordTests(source) {
  for await (const { type, data } of source) {
    if (type === 'test:pass' || type === 'test:fail') {
      const facts = factsOf(type === 'test:pass', data)
      if (facts !== null) yield `${JSON.stringify(facts)}\n`
    }
  }
}

function factsOf(passed, { name, file = '', skip, todo, details }) {
  const error = details?.error
  // Suites, and tests with subtests, fail because of what is in them, which is named itself.
  if (!passed && error?.failureType === 'subtestsFailed') return null
  if (passed && details?.type === 'suite') return null
  const skipped = skip ?? todo
  if (skipped !== undefined && skipped !== false) {
    const reason = typeof skipped === 'string' && skipped !== '' ? skipped : 'no reason given'
    return { outcome: 'skipped', name, file, reason: reason.replace(/^skipped: /, '') }
  }
  // The runner speaks of a file as of a test where it ends without having run one.
  if (name === file) {
    const message = passed ? 'there is no test in it' : 'it ended outside its tests (see above)'
    return { outcome: 'failed', name: 'the whole file', file, message }
  }
  if (passed) return { outcome: 'passed', name, file }
  const message = String(error?.cause?.message ?? error?.message ?? '').trim()
  return { outcome: 'failed', name, file, message: message.split('\n').slice(0, 3).join('\n  ') }
}
