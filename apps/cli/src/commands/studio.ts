import { existsSync } from 'node:fs'
import { type Studio, startStudio } from '@tiny-recursive-models/studio-server'
import { InputError } from '@tiny-recursive-models/trm'
import type { Command } from 'commander'
import { onInterrupt } from '../options/interrupt.ts'
import { jsonOption, wholeNumber } from '../options/options.ts'
import { openInBrowser, otherAddresses } from '../options/studio-address.ts'
import { showError } from '../output/errors.ts'
import { isOutputClosed, onOutputClosed, print, printJsonLine } from '../output/streams.ts'
import { studioPage } from '../studio-page.ts'

interface StudioOptions {
  readonly host: string
  readonly port?: number
  readonly open?: true
  readonly json?: true
}

/** Tried first where none is asked for, so that a page that was open finds its server again. */
const usualPort = 4747

export function addStudio(command: Command): void {
  command
    .option('--host <name>', 'address to listen on; anything but localhost lets others in', '127.0.0.1')
    .option(
      '--port <number>',
      `port to listen on; 0 picks a free one (default: ${usualPort} if free)`,
      wholeNumber(0, 65_535),
    )
    .option('--open', 'open the page in the usual browser')
    .addOption(jsonOption('print the address as a line of JSON'))
    .addHelpText(
      'after',
      `
Without a folder of runs, ./runs is shown if it exists, with the runs of the sweeps in it. The studio never changes it.

Examples:
  trm studio
  trm studio runs/first
  trm studio --open
  trm studio experiments --port 8080`,
    )
    .action(async (folder: string | undefined, { host, port, open, json }: StudioOptions) => {
      const runs = folder ?? (existsSync('runs') ? 'runs' : null)
      const page = await studioPage((reason) => {
        const why = reason === 'missing' ? 'this once' : 'since its sources have changed'
        process.stderr.write(`building the page, ${why}…\n`)
      })
      const onFault = (error: unknown): void => showError(error, json === true)
      const studio = await start({ page, runs, host, onFault }, port)
      if (!studio.isLocal) {
        const what = runs === null ? 'the page' : `the page and the runs in ${runs}`
        process.stderr.write(`warning: anyone who can reach this machine can see ${what} (--host ${host})\n`)
      }
      // Whoever reads the address may end it at once.
      const stopped = untilStopped()
      if (json) printJsonLine({ url: studio.url, port: studio.port, runs })
      else {
        print(`studio  ${studio.url}`)
        for (const url of otherAddresses(host, studio.port)) print(`        ${url}`)
        print(runs === null ? 'runs    none: pass a folder to see its runs' : `runs    ${runs}`)
        print('Ctrl-C stops it')
      }
      const unopened = open ? await openInBrowser(studio.url) : null
      if (unopened !== null) process.stderr.write(`warning: no browser could be opened (${unopened})\n`)
      await stopped
      await studio.close()
    })
}

type StartOptions = Omit<Parameters<typeof startStudio>[0], 'port'>

/** On the asked port, or on the usual one, or on any that is free. */
async function start(options: StartOptions, port: number | undefined): Promise<Studio> {
  if (port !== undefined) return startStudio({ ...options, port })
  try {
    return await startStudio({ ...options, port: usualPort })
  } catch (error) {
    const { cause } = error as { cause?: { code?: unknown } }
    if (!(error instanceof InputError) || cause?.code !== 'EADDRINUSE') throw error
    return startStudio({ ...options, port: 0 })
  }
}

/** Until Ctrl-C, or until nobody reads what is printed any more. */
function untilStopped(): Promise<void> {
  return new Promise((resolve) => {
    if (isOutputClosed()) resolve()
    onInterrupt(resolve)
    onOutputClosed(resolve)
  })
}
