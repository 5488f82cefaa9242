import { InputError, type PlannedProgram } from '@tiny-recursive-models/tensor'
import { codeOfStep, planProgram, profileProgram, programTexts } from '@tiny-recursive-models/tensor/node'
import { plural, significant } from '@tiny-recursive-models/trm/format'
import { type Command, Option } from 'commander'
import { interruptedExitCode, onInterrupt } from '../options/interrupt.ts'
import { forceOption, given, jsonOption, setOption, wholeNumber } from '../options/options.ts'
import { prepareFile, writeText } from '../output/files.ts'
import { drawPlanChart } from '../output/plan-chart.ts'
import { formatArena, formatCode, formatStep } from '../output/plan-listing.ts'
import { formatPlan, formatSteps, totalMs } from '../output/plan-table.ts'
import { Progress } from '../output/progress.ts'
import { print, printJson } from '../output/streams.ts'
import {
  type ExampleName,
  type ExplainedWork,
  exampleNames,
  examplePrograms,
  workOf,
} from './explain-programs.ts'

interface ExplainOptions {
  readonly set?: readonly string[]
  readonly inference?: true
  readonly slots?: number
  readonly executor?: 'wasm' | 'onednn'
  readonly plan?: true
  readonly program?: string
  readonly step?: number
  readonly top: number
  readonly all?: true
  readonly seconds: number
  readonly svg?: string
  readonly force?: true
  readonly example?: ExampleName
  readonly json?: true
}

export function addExplain(command: Command): void {
  command
    .option('--inference', 'a step of thought instead of a training step')
    .option(
      '--slots <count>',
      'puzzles of a step of thought (default: as in an evaluation)',
      wholeNumber(1, 65_536),
    )
    .addOption(setOption())
    .addOption(new Option('--executor <name>', 'what computes (default: wasm)').choices(['wasm', 'onednn']))
    .option('--plan', 'only the plan: nothing is run, so that any size can be explained')
    .option('--seconds <count>', 'how long to measure each program', wholeNumber(1, 3600), 3)
    .option(
      '--program <name>',
      'only this program: "training step", accumulation, gradient, update, thinking',
    )
    .option('--top <count>', 'rows of a table', wholeNumber(1, 1e6), 12)
    .option('--all', 'all rows, and every step in its order')
    .option('--step <number>', 'one step in full: values, places and WebAssembly', wholeNumber(1, 1e6))
    .option('--svg <file>', 'write the shares of time as a picture to this file')
    .addOption(forceOption())
    .addOption(
      new Option('--example <name>', 'follow a small program from its graph to its bytes').choices(
        exampleNames,
      ),
    )
    .addOption(jsonOption())
    .addHelpText(
      'after',
      `
How the executor wasm computes a step, what it is made of, and where the time goes: on one thread, on zeros, one
step of a program after the other. With --executor onednn large products are that library's.

Examples:
  trm explain sudoku-6x6
  trm explain sudoku-6x6 --inference --slots 1 --svg share.svg
  trm explain runs/first --program update --all
  trm explain sudoku-extreme-mlp --plan --set training.batch=8
  trm explain sudoku-6x6 --plan --step 12
  trm explain --example rmsNorm`,
    )
    .action(runExplain)
}

async function runExplain(what: string | undefined, options: ExplainOptions): Promise<void> {
  if (options.example !== undefined) return explainExample(options.example, options.json === true)
  if (what === undefined) throw nothingToExplain()
  if (options.plan && options.svg !== undefined) throw noTimes()
  await prepareFile(options.svg, { replace: options.force === true })
  const progress = new Progress(options.json === true)
  progress.update(null, 'tracing the programs …')
  const work = chosen(await workOf(what, options, progress), options.program)
  if (options.step !== undefined) {
    progress.stop()
    return explainStep(work, options.step, options.json === true)
  }
  let interrupted = false
  const release = onInterrupt(() => {
    interrupted = true
  })
  const programs: { readonly plan: PlannedProgram; readonly runs: number }[] = []
  for (const { program, runs } of work.programs) {
    const text = `compiling program ${program.name} …`
    progress.update(null, text)
    let timed = 0
    const plan = options.plan
      ? planProgram(program)
      : await profileProgram(program, {
          seconds: options.seconds,
          ...given('executor', options.executor),
          onRun: () => progress.update(null, `program ${program.name}: run ${++timed}`),
          shouldStop: () => interrupted,
        })
    programs.push({ plan, runs })
    if (interrupted) break
  }
  progress.stop()
  release()
  if (interrupted) {
    process.stderr.write('interrupted: nothing to report\n')
    process.exitCode = interruptedExitCode
    return
  }
  if (options.json)
    printJson({ title: work.title, programs: programs.map(({ plan, runs }) => ({ runs, ...plan })) })
  else {
    print(titleOf(work.title, programs))
    const rows = options.all ? Number.POSITIVE_INFINITY : options.top
    for (const { plan, runs } of programs) {
      print(`\n${formatPlan(plan, runs, rows)}`)
      if (options.all) print(`\n${formatSteps(plan)}`)
    }
  }
  if (options.svg === undefined) return
  await writeText(options.svg, drawPlanChart(work.title, programs))
  if (!options.json) print(`\nshares of time in ${options.svg}`)
}

/** With the time of the whole step, where it was measured. */
function titleOf(
  title: string,
  programs: readonly { readonly plan: PlannedProgram; readonly runs: number }[],
): string {
  const times = programs.map(({ plan, runs }) => [totalMs(plan.steps), runs] as const)
  const all = times.reduce((sum, [ms, runs]) => sum + runs * (ms ?? Number.NaN), 0)
  return Number.isNaN(all) ? title : `${title}: ${significant(all)} ms on one thread`
}

function chosen(work: ExplainedWork, name: string | undefined): ExplainedWork {
  const programs = work.programs.filter(({ program }) => name === undefined || program.name === name)
  if (programs.length > 0) return { ...work, programs }
  throw new InputError({
    who: '--program',
    expected: work.programs.map(({ program }) => program.name).join(' or '),
    got: String(name),
    hint: 'Leave it out to see all of them.',
  })
}

function explainStep({ title, programs }: ExplainedWork, number: number, asJson: boolean): void {
  const { program } = programs[0]!
  const code = codeOfStep(program, number)
  const step = planProgram(program).steps[number - 1]!
  if (asJson) {
    printJson({ title, program: program.name, step, code: code.map(codeFacts) })
    return
  }
  print(`${title}, program ${program.name}\n`)
  print(formatStep(step))
  print(`\n${formatCode(code)}`)
}

const codeFacts = ({ instructions, ...facts }: ReturnType<typeof codeOfStep>[number]) => ({
  ...facts,
  instructions: instructions.map(({ bytes, text }) => ({ bytes: Buffer.from(bytes).toString('hex'), text })),
})

function explainExample(name: ExampleName, asJson: boolean): void {
  const program = examplePrograms[name]()
  const { traced, primitives } = programTexts(program)
  const plan = planProgram(program)
  const code = plan.steps.map(({ number }) => codeOfStep(program, number))
  if (asJson) {
    printJson({ traced, primitives, plan, code: code.map((each) => each.map(codeFacts)) })
    return
  }
  print(`1. The graph, as it is traced\n\n${traced}`)
  print(`2. In primitives\n\n${primitives}`)
  print(`3. ${plural(plan.steps.length, 'step')}\n\n${plan.steps.map(formatStep).join('\n\n')}\n`)
  print(`4. Memory\n\n${formatArena(plan)}\n`)
  print(`5. WebAssembly\n\n${code.map(formatCode).join('\n\n')}`)
}

const nothingToExplain = (): InputError =>
  new InputError({
    who: 'trm explain',
    expected: 'a recipe, a model, or --example',
    got: 'nothing',
    hint: 'Try `trm explain sudoku-6x6` or `trm explain --example rmsNorm`.',
  })

const noTimes = (): InputError =>
  new InputError({
    who: '--svg',
    expected: 'a measurement',
    got: '--plan, which measures nothing',
    hint: 'Use only one of them.',
  })
