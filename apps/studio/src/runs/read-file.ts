import { RunSeries } from '../charts/series.ts'

/** The events of a file, line by line, whatever its size; throws where it holds none. */
export async function readEventFile(file: File): Promise<RunSeries> {
  const series = new RunSeries()
  const reader = file.stream().pipeThrough(new TextDecoderStream()).getReader()
  let rest = ''
  for (;;) {
    const { done, value } = await reader.read()
    const lines = (rest + (value ?? '')).split('\n')
    // The last line of a run that is being written may be torn.
    rest = lines.pop()!
    for (const line of done ? [...lines, rest] : lines) addLine(series, line)
    if (done) break
  }
  if (series.columns.step.length > 0 || series.evaluations.length > 0) return series
  throw new Error(`${file.name} contains no events of a run. Choose the events.jsonl of a run folder.`)
}

function addLine(series: RunSeries, line: string): void {
  series.lines += 1
  if (!line.startsWith('{')) return
  try {
    series.add(JSON.parse(line))
  } catch {
    // A damaged line is left out, as the server does it.
  }
}
