/** Recipes, settings of the published code, and what a run folder records. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseOfficialConfig } from '../../../src/checkpoint/import/official-config.ts'
import { readEventFile } from '../../../src/node/run-events.ts'
import { createRunFolder, openRunFolder } from '../../../src/node/run-folder.ts'
import { listRuns } from '../../../src/node/run-list.ts'
import { overrideRecipe, parseRecipe, type Recipe, recipes } from '../../../src/recipes/index.ts'
import { changeJson } from '../json.ts'
import { fileOf, insist, parseJson, single, type Target } from '../target.ts'

const encode = (text: string): Uint8Array => new TextEncoder().encode(text)

function insistOnRecipe({ model, training, optimizer }: Recipe): void {
  insist(model.width % model.heads === 0, 'the heads')
  insist(training.steps >= optimizer.warmupSteps, 'the warm-up')
}

export const recipe: Target = {
  samples: () => Object.values(recipes).map((one) => single(encode(JSON.stringify(one, null, 2)))),
  structured: () => [changeJson],
  isText: () => true,
  read: (files) => insistOnRecipe(parseRecipe(parseJson(fileOf(files)), 'file')),
}

export const override: Target = {
  samples: () =>
    [
      'model.heads=4',
      'optimizer.learningRate=1e-3',
      'data={"kind":"official-folder","path":"x","validation":0,"seed":1}',
      'name=x',
    ].map((text) => single(encode(text))),
  isText: () => true,
  read: (files) =>
    insistOnRecipe(overrideRecipe(recipes['sudoku-4x4-trm'], [new TextDecoder().decode(fileOf(files))])),
}

export const officialConfig: Target = {
  samples: () =>
    [
      'arch:\n  num_heads: 8\n  H_cycles: 3\n  loss: {loss_type: stablemax_cross_entropy}\ndata_paths: [data/x]\nlr: 1e-4\n',
      'a: &a [1, 2]\nb: *a\narch: !!map {pos_encodings: "rope", halt_max_steps: 0x10}\nweight_decay: 1e-1\n',
      '--- # comment\narch:\n  ? puzzle_emb_len\n  : 16\nc: |\n  text\n  more\n',
    ].map((text) => single(encode(text))),
  isText: () => true,
  read: (files) => {
    const { arch } = parseOfficialConfig(new TextDecoder().decode(fileOf(files)), 'file')
    insist(arch.num_heads === undefined || Number.isSafeInteger(arch.num_heads), 'the heads')
  },
}

const events = [
  { type: 'step', step: 1, loss: 2.5 },
  { type: 'evaluation', step: 2, exactAccuracy: 0.5, cellAccuracy: 0.75 },
  { type: 'checkpoint', step: 2 },
]

/** Written into a folder, because a run is a folder and not a file. */
export const runFolder: Target = {
  samples: () => [
    new Map([
      ['recipe.json', encode(JSON.stringify(recipes['sudoku-4x4']))],
      ['events.jsonl', encode(`${events.map((event) => JSON.stringify(event)).join('\n')}\n`)],
      ['report.json', encode(JSON.stringify({ steps: 2, test: { full: { exactAccuracy: 0.5 } } }))],
      ['lock.json', encode(JSON.stringify({ pid: 999_999_999, host: 'h' }))],
    ]),
  ],
  structured: (name) => (name.endsWith('.json') ? [changeJson] : []),
  isText: () => true,
  read: async (files) => {
    const parent = mkdtempSync(join(tmpdir(), 'trm-fuzz-'))
    try {
      const folder = join(parent, 'run')
      await createRunFolder(folder, recipes['sudoku-4x4'])
      for (const [name, bytes] of files) writeFileSync(join(folder, name), bytes)
      const [run] = await listRuns(parent)
      insist(run !== undefined, 'the list of runs')
      const opened = await openRunFolder(folder)
      await opened.readJson('report')
      for (const event of await readEventFile(join(folder, 'events.jsonl')))
        insist(typeof event.type === 'string', 'an event')
    } finally {
      rmSync(parent, { recursive: true })
    }
  },
}
