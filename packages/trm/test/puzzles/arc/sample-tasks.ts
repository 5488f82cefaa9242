/** Small made-up tasks for tests. */
import { type Grid, gridFromJson } from '../../../src/puzzles/arc/grid.ts'
import type { ArcFiles } from '../../../src/puzzles/arc/read.ts'
import type { ArcTask } from '../../../src/puzzles/arc/task.ts'

export const grid = (...rows: readonly (readonly number[])[]): Grid => gridFromJson(rows, 'test grid')

/** A task without symmetries of its own: every transform gives another version. */
export function sampleTask(id: string, subset: string, shift = 0): ArcTask {
  const value = (colour: number) => ((colour + shift - 1) % 9) + 1
  const pair = (a: number, b: number, c: number) => ({
    input: grid([value(a), value(b), 0], [0, value(c), value(a)]),
    output: grid([value(c), value(b)], [value(a), 0]),
  })
  return { id, subset, train: [pair(1, 2, 3), pair(4, 5, 6), pair(7, 8, 9)], test: [pair(2, 4, 7)] }
}

/** Files in memory. */
export function memoryFiles(files: Readonly<Record<string, unknown>>): ArcFiles {
  return {
    read: async (path) => {
      const content = files[path]
      if (content === undefined) throw new Error(`no file ${path}`)
      return content instanceof Uint8Array ? content : new TextEncoder().encode(JSON.stringify(content))
    },
    list: async (folder) => [
      ...new Set(
        Object.keys(files)
          .filter((path) => path.startsWith(`${folder}/`))
          .map((path) => path.slice(folder.length + 1).split('/')[0]!),
      ),
    ],
  }
}
