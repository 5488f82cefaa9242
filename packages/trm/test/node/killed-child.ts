/** Starts a script, waits until it says that it works, and kills it without warning. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'

export async function runAndKill(script: string, arguments_: string[], afterMs: number): Promise<void> {
  const file = fileURLToPath(new URL(script, import.meta.url))
  const child = spawn(process.execPath, ['--import', 'tsx', file, ...arguments_], {
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let complaint = ''
  child.stderr.on('data', (data) => {
    complaint += String(data)
  })
  const ended = once(child, 'close')
  const ready = once(child.stdout, 'data')
  await Promise.race([
    ready,
    ended.then(() => {
      throw new Error(`${script} ended by itself: ${complaint}`)
    }),
  ])
  await new Promise((resolve) => setTimeout(resolve, afterMs))
  child.kill('SIGKILL')
  await ended
}
