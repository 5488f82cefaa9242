/** Files that are no oneDNN, or another one than is known. */
import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, describe, test } from 'node:test'
import { InputError } from '../src/errors.ts'
import { checkVersion, openOnednn } from '../src/node/onednn/library.ts'

const folder = mkdtempSync(join(tmpdir(), 'trm-onednn-'))
after(() => rmSync(folder, { recursive: true, force: true }))

describe('what is no oneDNN', () => {
  const refused = (file: string, words: RegExp) =>
    assert.rejects(openOnednn(file), (error) => {
      assert.ok(error instanceof InputError)
      assert.match(error.message, words)
      assert.match(error.hint, /TRM_ONEDNN/)
      return true
    })

  test('a path where nothing is', () =>
    refused(join(folder, 'libdnnl.so'), /a library that loads from .*libdnnl/))

  test('a file that is no library', async () => {
    const file = join(folder, 'text.so')
    writeFileSync(file, 'no library')
    await refused(file, /a library that loads from .*text\.so/)
  })

  test('a library without its functions', { skip: process.platform !== 'linux' }, () =>
    refused('libm.so.6', /a library with the function dnnl_version, got libm\.so\.6/),
  )

  test('versions and threads that are not known', () => {
    const known = { major: 2, minor: 6, patch: 3, cpu: 2 }
    assert.deepEqual(checkVersion(known, 'a.so'), { major: 2, version: '2.6.3', threads: 'OpenMP' })
    assert.equal(checkVersion({ ...known, major: 3, cpu: 1 }, 'a.so').threads, 'none')
    for (const major of [0, 1, 4])
      assert.throws(
        () => checkVersion({ ...known, major }, 'a.so'),
        new RegExp(`version 2 or 3.*got ${major}\\.6\\.3`, 's'),
      )
    // With TBB and with SYCL.
    for (const cpu of [4, 256, 512])
      assert.throws(() => checkVersion({ ...known, cpu }, 'a.so'), /OpenMP or without threads/)
  })

  const compiler = spawnSync('cc', ['--version']).status === 0 ? 'cc' : undefined
  test('libraries that only pretend', { skip: compiler ? false : 'no C compiler' }, async () => {
    const built = (name: string, version: string) => {
      const source = join(folder, `${name}.c`)
      const code = `struct version { int major, minor, patch; const char *hash; unsigned cpu, gpu; };
const struct version *dnnl_version(void) { static struct version v = { ${version} }; return &v; }\n`
      writeFileSync(source, code)
      const file = join(folder, `${name}.so`)
      assert.equal(spawnSync('cc', ['-shared', '-fPIC', '-o', file, source]).status, 0)
      return file
    }
    await refused(built('four', '4, 0, 0, "", 1, 0'), /version 2 or 3.*got 4\.0\.0 \(.*four\.so\)/s)
    await refused(built('empty', '3, 1, 0, "", 1, 0'), /the function dnnl_\w+, got .*empty\.so/)
    await refused(built('threads', '3, 1, 0, "", 4, 0'), /without threads.*another threading runtime \(4\)/s)
  })
})
