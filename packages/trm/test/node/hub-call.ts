/** Downloads from a hub on this machine, for the tests of downloads. */
import assert from 'node:assert/strict'
import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after } from 'node:test'
import { InputError } from '@tiny-recursive-models/tensor'
import { downloadFromHub, type HubDownloadEvent, type HubDownloadOptions } from '../../src/node/hub.ts'
import { type ServedFile, startHub } from './hub-server.ts'

export const root = mkdtempSync(join(tmpdir(), 'trm-hub-'))
after(() => rmSync(root, { recursive: true, force: true }))
let folders = 0
export const newFolder = (): string => join(root, String(++folders))

/** 300,000 bytes that repeat nowhere. */
export const large = Buffer.from(
  Uint32Array.from({ length: 75_000 }, (_, index) => Math.imul(index, 2654435761)).buffer,
)
export const small = Buffer.from('source,question,answer,rating\n')
export const patience = { attempts: 2, pauseMs: 1, stallMs: 30_000 }

/** Downloads from a hub that holds one repository, and closes it. */
export async function download(
  files: Readonly<Record<string, ServedFile>>,
  options: Partial<HubDownloadOptions> = {},
  repository: { readonly token?: string; readonly gated?: boolean } = {},
) {
  const hub = await startHub({ 'datasets/team/puzzles': { files, ...repository } })
  const folder = options.folder ?? newFolder()
  const events: HubDownloadEvent[] = []
  let failure: unknown = null
  try {
    const call = {
      repo: 'team/puzzles',
      type: 'dataset',
      hubUrl: hub.url,
      folder,
      patience,
      ...options,
    } as const
    for await (const event of downloadFromHub(call)) events.push(event)
  } catch (error) {
    failure = error
  } finally {
    await hub.close()
  }
  const of = (type: HubDownloadEvent['type']) => events.filter((event) => event.type === type)
  const { requests, leaked } = hub
  return { folder, events, of, failure, requests, leaked, hubUrl: hub.url, host: new URL(hub.url).host }
}

export const names = (folder: string): string[] => readdirSync(folder, { recursive: true }).map(String).sort()

export function facts(error: unknown) {
  assert.ok(error instanceof InputError, String(error))
  const { who, expected, got, hint } = error
  return { who, expected, got, hint }
}
