/** A test reporter that writes one line of JSON for every test, for run-file.mjs to read. */
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
  const skipped = skip ?? todo
  const isSkipped = skipped !== undefined && skipped !== false
  // A suite that is skipped has no tests to tell of it.
  if (passed && details?.type === 'suite' && !isSkipped) return null
  if (isSkipped) {
    const reason = typeof skipped === 'string' && skipped !== '' ? skipped : 'no reason given'
    return { outcome: 'skipped', name, file, reason: reason.replace(/^skipped: /, '') }
  }
  const seconds = (details?.duration_ms ?? 0) / 1000
  if (passed) return { outcome: 'passed', name, file, seconds }
  const message = String(error?.cause?.message ?? error?.message ?? '').trim()
  return { outcome: 'failed', name, file, seconds, message: message.split('\n').slice(0, 3).join('\n  ') }
}
