/** The one place that writes to stdout. */
export const print = (text = ''): void => {
  process.stdout.write(`${text}\n`)
}

export const printJson = (value: unknown): void => print(JSON.stringify(value, null, 2))
/** One event of a stream. */
export const printJsonLine = (value: unknown): void => print(JSON.stringify(value))
