/** How long the page takes to show what a visitor has done: from the key or the pointer to the paint that follows. */
import type { Browser, CDPSession, Page } from 'playwright-core'
import { median } from './median.ts'

export interface InteractionFigures {
  readonly doing: string
  readonly count: number
  /** Medians over the visits of each visit's own. The browser tells times in steps of 8 ms, and none below 16. */
  readonly medianMs: number
  readonly p98Ms: number
}

export interface PlayFigures {
  /** Frames that took longer than 50 ms while the steps were played, and the longest; medians over the visits. */
  readonly longFrames: number
  readonly longestMs: number
}

export interface InteractionTable {
  /** The last of them is all together. */
  readonly interactions: readonly InteractionFigures[]
  readonly play: PlayFigures
}

/** A puzzle that takes the 9×9 model several steps: that of the README. */
const puzzle = '379..8...5.8...4.........3..96....427...1........54.7..2.....16..382.......6.....'
const address = `#/think/sudoku-extreme/${puzzle}/0`
const viewport = { width: 1440, height: 900 }

/** What the browser tells of an event: those of one interaction have the same number, 0 is none. */
interface TimedEvent {
  readonly interaction: number
  readonly start: number
  readonly duration: number
}

const watch = `
  window.timedEvents = []
  window.longFrames = []
  new PerformanceObserver((list) => {
    for (const { interactionId, startTime, duration } of list.getEntries())
      window.timedEvents.push({ interaction: interactionId, start: startTime, duration })
  }).observe({ type: 'event', durationThreshold: 16, buffered: true })
  new PerformanceObserver((list) => {
    for (const { startTime, duration } of list.getEntries()) window.longFrames.push({ start: startTime, duration })
  }).observe({ type: 'long-animation-frame', buffered: true })
`

type Doing = readonly [times: number, act: (page: Page, at: Places, index: number) => Promise<void>]

/** Middles and widths of what is pointed at, by test name: asking the page each time would slow down what is measured. */
type Places = ReadonlyMap<string, { readonly x: number; readonly y: number; readonly width: number }>

const press = (key: string) => (page: Page) => page.keyboard.press(key)
const click = (name: string) => (page: Page, at: Places) => page.mouse.click(at.get(name)!.x, at.get(name)!.y)
const cellAt = (index: number): string => `cell-${(index * 13 + 3) % 36}`

/** In this order: the page is left as the next one needs it. */
const doings: Readonly<Record<string, Doing>> = {
  'an update on, by key': [8, press('ArrowRight')],
  'an update back, by key': [4, press('ArrowLeft')],
  'a step on, by button': [6, click('step-forward')],
  'a step back, by button': [3, click('step-back')],
  'a step on, by key': [4, press('Shift+ArrowRight')],
  'along the slider': [5, scrub],
  'pointing at a cell': [
    8,
    (page, at, index) => page.mouse.move(at.get(cellAt(index))!.x, at.get(cellAt(index))!.y),
  ],
  'choosing a cell': [5, (page, at, index) => click(cellAt(index))(page, at)],
  'to another cell, by key': [4, press('ArrowDown')],
  'play and pause': [4, playAwhile],
  'beginning to edit': [1, press('e')],
  'typing a digit': [8, typeDigit],
  undo: [3, press('Control+z')],
  'a new puzzle': [2, press('n')],
}

const places = [
  'scrub',
  'play',
  'step-forward',
  'step-back',
  ...Array.from({ length: 36 }, (_, cell) => `cell-${cell}`),
]

async function findPlaces(page: Page): Promise<Places> {
  const found = new Map<string, { x: number; y: number; width: number }>()
  for (const name of places) {
    const box = (await page.getByTestId(name).boundingBox())!
    found.set(name, { x: box.x + box.width / 2, y: box.y + box.height / 2, width: box.width })
  }
  return found
}

async function scrub(page: Page, at: Places, index: number): Promise<void> {
  const { x, y, width } = at.get('scrub')!
  await page.mouse.click(x - width / 2 + (width * (1 + ((index * 5) % 11))) / 12, y)
}

async function playAwhile(page: Page, at: Places, index: number): Promise<void> {
  await click('play')(page, at)
  if (index % 2 === 0) await page.waitForTimeout(1000)
}

/** Digits and the way to the next cell take turns. */
async function typeDigit(page: Page, at: Places, index: number): Promise<void> {
  if (index === 0) await click('cell-4')(page, at)
  await page.keyboard.press(index % 2 === 0 ? String(1 + index) : 'ArrowRight')
}

/**
 * One visit after the other, on a fresh page each.
 *
 * @param slowdown so many times slower than this machine
 */
export async function measureInteractions(
  browser: Browser,
  url: string,
  { slowdown, visits }: { readonly slowdown: number; readonly visits: number },
): Promise<InteractionTable> {
  const seen: Visit[] = []
  for (let visit = 0; visit < visits; visit++) seen.push(await visitOnce(browser, url, slowdown))
  const rows = [...Object.keys(doings), 'all'].map((doing) => {
    const ofVisits = seen.map(({ times }) => times.get(doing)!)
    const middle = (share: number): number => median(ofVisits.map((times) => quantile(times, share)))
    return { doing, count: ofVisits[0]!.length, medianMs: middle(0.5), p98Ms: middle(0.98) }
  })
  const play = {
    longFrames: median(seen.map(({ frames }) => frames.length)),
    longestMs: median(seen.map(({ frames }) => Math.max(0, ...frames))),
  }
  return { interactions: rows, play }
}

interface Visit {
  readonly times: ReadonlyMap<string, readonly number[]>
  readonly frames: readonly number[]
}

async function visitOnce(browser: Browser, url: string, slowdown: number): Promise<Visit> {
  const context = await browser.newContext({ viewport })
  try {
    const page = await context.newPage()
    await page.addInitScript(watch)
    await page.goto(`${url}${address}`)
    // All steps are there: the slider ends with the last of them.
    await page.locator('[data-testid="scrub"]:not([max="100"])').waitFor({ timeout: 60_000 })
    // What is loaded after the thought moves nothing any more.
    await page.waitForTimeout(2000)
    const at = await findPlaces(page)
    const session = await context.newCDPSession(page)
    await session.send('Emulation.setCPUThrottlingRate', { rate: slowdown })
    await settle(session)
    return await act(page, session, at)
  } finally {
    await context.close()
  }
}

async function act(page: Page, session: CDPSession, at: Places): Promise<Visit> {
  const times = new Map<string, number[]>()
  let frames: number[] = []
  for (const [doing, [count, once]] of Object.entries(doings)) {
    const since = await now(page)
    for (let index = 0; index < count; index++) {
      await once(page, at, index)
      await settle(session)
    }
    const events = (await told(page, 'timedEvents')).filter(({ start }) => start >= since)
    times.set(doing, longestOfEach(events, count))
    if (doing === 'play and pause')
      frames = (await told(page, 'longFrames'))
        .filter(({ start }) => start >= since)
        .map(({ duration }) => duration)
  }
  times.set('all', [...times.values()].flat())
  return { times, frames }
}

const now = (page: Page): Promise<number> => page.evaluate('performance.now()')
const told = (page: Page, name: 'timedEvents' | 'longFrames'): Promise<TimedEvent[]> =>
  page.evaluate(`window.${name}`)

/** Until what was done has been painted, and the browser has told of it. */
async function settle(session: CDPSession): Promise<void> {
  const expression =
    'new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(() => setTimeout(done, 30))))'
  await session.send('Runtime.evaluate', { expression, awaitPromise: true })
}

/**
 * Of `count` interactions each one's longest event. What the browser does not tell of took less than 16 ms; pointing is
 * no interaction to it, and known by the time of its events.
 */
function longestOfEach(events: readonly TimedEvent[], count: number): number[] {
  const longest = new Map<number, number>()
  const interactions = events.filter(({ interaction }) => interaction > 0)
  for (const { interaction, start, duration } of interactions.length > 0 ? interactions : events) {
    const key = interaction || Math.round(start)
    longest.set(key, Math.max(longest.get(key) ?? 0, duration))
  }
  const found = [...longest.values()].sort((one, other) => other - one).slice(0, count)
  return [...found, ...Array.from({ length: count - found.length }, () => 16)]
}

function quantile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((one, other) => one - other)
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))]!
}
