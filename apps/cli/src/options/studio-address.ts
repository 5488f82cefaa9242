/** Where a studio can be opened, and opening it. */
import { spawn } from 'node:child_process'
import { networkInterfaces } from 'node:os'

/**
 * The addresses that other machines reach a server at which listens on `host`; none where it is not on all of them.
 *
 * @param interfaces those of this machine
 */
export function otherAddresses(
  host: string,
  port: number,
  interfaces: ReturnType<typeof networkInterfaces> = networkInterfaces(),
): string[] {
  if (host !== '0.0.0.0' && host !== '::') return []
  return Object.values(interfaces)
    .flatMap((list) => list ?? [])
    .filter(({ internal, family, scopeid }) => {
      // An address of one link only is opened with the link's name, which browsers refuse.
      if (internal || scopeid) return false
      return family === 'IPv4' || host === '::'
    })
    .map(({ address, family }) => `http://${family === 'IPv6' ? `[${address}]` : address}:${port}/`)
}

/** The program that opens an address in the usual browser, and what comes before the address. */
const openers: Readonly<Partial<Record<NodeJS.Platform, readonly [string, ...string[]]>>> = {
  darwin: ['open'],
  win32: ['rundll32', 'url.dll,FileProtocolHandler'],
}

/**
 * Opens an address in the usual browser.
 *
 * @returns why that failed; null where it did not
 */
export function openInBrowser(url: string): Promise<string | null> {
  const [program, ...before] = openers[process.platform] ?? ['xdg-open']
  return new Promise((resolve) => {
    const child = spawn(program, [...before, url], { stdio: 'ignore', detached: true })
    child.once('error', ({ message }) => resolve(message))
    child.once('spawn', () => {
      child.unref()
      resolve(null)
    })
  })
}
