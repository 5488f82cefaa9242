/** Whether the page Runs stays awake with many runs: tasks of more than 50 ms, which the browser tells of, in each thing done. */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { startStudio } from '@tiny-recursive-models/studio-server'
import type { Browser, Page } from 'playwright-core'
import { makeManyRuns } from '../../../testing/many-runs.ts'

export interface LongTasks {
  readonly doing: string
  /** Visits in which it took one task of more than 50 ms or several. */
  readonly visitsWithAny: number
  /** Milliseconds of the longest of all visits; 0 for none. */
  readonly longestMs: number
}

const viewport = { width: 1440, height: 900 }
/** Within that time all that was begun is over. */
const settleMs = 1500

const watch = `
  window.longTasks = []
  new PerformanceObserver((list) => {
    for (const { startTime, duration } of list.getEntries()) window.longTasks.push({ start: startTime, duration })
  }).observe({ type: 'longtask', buffered: true })
`

type Act = (page: Page) => Promise<void>

const click =
  (name: string): Act =>
  (page) =>
    page.getByTestId(name).click()

/** In this order. */
const doings: Readonly<Record<string, Act>> = {
  'searching, key by key': (page) => page.getByTestId('runs-search').pressSequentially('width=64 exact>50%'),
  'all of them again': (page) => page.getByTestId('runs-search').fill(''),
  sorting: click('sort-exact'),
  grouping: async (page) => {
    await page.getByTestId('runs-group').selectOption('all but the seed')
  },
  'no groups': async (page) => {
    await page.getByTestId('runs-group').selectOption('')
  },
  scrolling: async (page) => {
    await page.getByRole('region', { name: 'Table of runs' }).hover()
    for (let turn = 0; turn < 12; turn++) {
      await page.mouse.wheel(0, 400)
      await page.waitForTimeout(50)
    }
  },
  'opening another run': (page) => page.locator('[data-testid="run-list"] a').nth(20).click(),
  'a third run among the curves': (page) =>
    page.locator('[data-testid="run-list"] input:not(:checked)').nth(18).click(),
  'by training time': click('across-time'),
  'to Think and back': async (page) => {
    await page.getByTestId('nav-think').click()
    await page.waitForTimeout(settleMs)
    // What the model does there is not asked for here.
    await page.evaluate('window.longTasks.length = 0')
    await page.getByTestId('nav-runs').click()
  },
}

/** Visits of a fresh page each, one after the other. */
export async function measureRuns(
  browser: Browser,
  { page, runs, visits }: { readonly page: string; readonly runs: number; readonly visits: number },
): Promise<readonly LongTasks[]> {
  const folder = await mkdtemp(join(tmpdir(), 'trm-many-runs-'))
  const longest = new Map<string, number[]>()
  try {
    await makeManyRuns(folder, runs)
    const studio = await startStudio({ page, runs: folder })
    try {
      // The server reads every folder once; who starts it waits for that.
      await visitOnce(browser, studio.url, () => {})
      for (let visit = 0; visit < visits; visit++)
        await visitOnce(browser, studio.url, (doing, ms) =>
          longest.set(doing, [...(longest.get(doing) ?? []), ms]),
        )
    } finally {
      await studio.close()
    }
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
  return [...longest].map(([doing, all]) => ({
    doing,
    visitsWithAny: all.filter((ms) => ms > 0).length,
    longestMs: Math.max(...all),
  }))
}

async function visitOnce(
  browser: Browser,
  url: string,
  tell: (doing: string, longestMs: number) => void,
): Promise<void> {
  const context = await browser.newContext({ viewport })
  try {
    const page = await context.newPage()
    await page.addInitScript(watch)
    await page.goto(`${url}#/runs`)
    await page.getByTestId('chart-loss').waitFor({ timeout: 60_000 })
    tell('listing and drawing', await longestTask(page))
    for (const [doing, act] of Object.entries(doings)) {
      await act(page)
      tell(doing, await longestTask(page))
    }
  } finally {
    await context.close()
  }
}

/** The longest since it was last asked for. */
async function longestTask(page: Page): Promise<number> {
  await page.waitForTimeout(settleMs)
  const tasks = await page.evaluate<{ duration: number }[]>('window.longTasks.splice(0)')
  return Math.max(0, ...tasks.map(({ duration }) => duration))
}
