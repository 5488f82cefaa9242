/** What the operating system says about a file, in words that help. */
import { InputError } from '@tiny-recursive-models/tensor'

interface Advice {
  readonly got: string
  readonly hint: string
}

/** By the system's error code. Source: errno(3). */
const advice: Readonly<Record<string, Advice>> = {
  ENOENT: { got: 'no such file or folder', hint: 'Check the path, and that its folder exists.' },
  ENOSPC: { got: 'a full disk', hint: 'Free some space, or choose a folder on another disk.' },
  EDQUOT: { got: 'a used-up disk quota', hint: 'Free some space, or choose a folder on another disk.' },
  EROFS: { got: 'a read-only file system', hint: 'Choose a folder on a disk that can be written.' },
  EACCES: { got: 'no permission', hint: 'Change the permissions, or choose another folder.' },
  EPERM: { got: 'no permission', hint: 'Change the permissions, or choose another folder.' },
  ENOTDIR: {
    got: 'a file where a folder should be',
    hint: 'A part of the path is a file: choose another path.',
  },
  EISDIR: { got: 'a folder where a file should be', hint: 'Name a file inside the folder, or another path.' },
  EEXIST: { got: 'something that already exists', hint: 'Choose another path, or remove it first.' },
  ENOTEMPTY: { got: 'a folder that is not empty', hint: 'Choose another path, or empty it first.' },
  ENAMETOOLONG: { got: 'a name that is too long', hint: 'Choose a shorter path.' },
  ELOOP: { got: 'links that form a loop', hint: 'Name the file itself.' },
  EMFILE: { got: 'too many open files', hint: 'Raise the limit (ulimit -n), or run fewer at once.' },
  ENFILE: { got: 'too many open files', hint: 'Close other programs, or run fewer at once.' },
  EFBIG: { got: 'a file beyond the size limit', hint: 'Choose a file system without that limit.' },
  EIO: { got: 'a failing disk', hint: 'Choose a folder on another disk, and check this one.' },
  EBUSY: { got: 'a file in use', hint: 'Close the program that uses it, and try again.' },
}

/** The code of a system error, such as `ENOENT`, or null. */
export function errorCode(error: unknown): string | null {
  if (!(error instanceof Error) || !('code' in error)) return null
  return typeof error.code === 'string' ? error.code : null
}

/**
 * The error to throw for `error`: an `InputError` for what the system reports, `error` itself for anything else.
 *
 * @param expected what should have been possible, such as 'a file to read'
 */
export function fileError(error: unknown, path: string, expected: string): unknown {
  const code = errorCode(error)
  if (code === null || error instanceof InputError) return error
  if (!/^E[A-Z0-9]+$/.test(code)) return error
  const known = Object.hasOwn(advice, code) ? advice[code] : undefined
  const { got, hint } = known ?? { got: 'a system error', hint: 'Check the path and the disk.' }
  return new InputError({ who: path, expected, got: `${got} (${code})`, hint }, { cause: error })
}
