/** Whether the page Runs stays awake with many runs: tasks of more than 50 ms, which the browser tells of, in each thing done. */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { startStudio } from '@tiny-recursive-models/studio-server'
import type { Browser, Locator, Page } from 'playwright-core'
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

/** Looks for the place first: that is work of the page's thread too, and not what is asked for. */
type Doing = (page: Page) => Promise<() => Promise<void>>

const click =
  (place: (page: Page) => Locator): Doing =>
  async (page) => {
    const { x, y, width, height } = (await place(page).boundingBox())!
    return () => page.mouse.click(x + width / 2, y + height / 2)
  }
const clickOn = (name: string): Doing => click((page) => page.getByTestId(name))

const group =
  (by: string): Doing =>
  async (page) =>
  async () => {
    await page.getByTestId('runs-group').selectOption(by)
  }

/** In this order. */
const doings: Readonly<Record<string, Doing>> = {
  'searching, key by key': async (page) => {
    await page.getByTestId('runs-search').focus()
    return () => page.keyboard.type('width=64 exact>50%')
  },
  'all of them again': async (page) => () => page.getByTestId('runs-search').fill(''),
  sorting: clickOn('sort-exact'),
  grouping: group('all but the seed'),
  'no groups': group(''),
  scrolling: async (page) => {
    await page.getByTestId('run-list').locator('tbody tr').nth(3).hover()
    return async () => {
      for (let turn = 0; turn < 12; turn++) {
        await page.mouse.wheel(0, 400)
        await page.waitForTimeout(50)
      }
    }
  },
  'opening another run': click((page) => page.locator('[data-testid="run-list"] tbody a').nth(11)),
  'a third run among the curves': click((page) =>
    page.locator('[data-testid="run-list"] tbody input').nth(12),
  ),
  'by training time': clickOn('across-time'),
  'to Think and back': async (page) => {
    await page.getByTestId('nav-think').click()
    await page.waitForTimeout(settleMs)
    return click((there) => there.getByTestId('nav-runs'))(page)
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
    await page.waitForTimeout(settleMs)
    tell('listing and drawing', await longestTask(page))
    await page.getByTestId('chart-loss').waitFor()
    for (const [doing, prepare] of Object.entries(doings)) {
      const act = await prepare(page)
      await longestTask(page)
      await act()
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
