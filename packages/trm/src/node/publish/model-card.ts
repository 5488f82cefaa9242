/** The card of a published model: README.md of its repository, with the facts that the hub reads at its head. */
import { stringify } from 'yaml'
import { grouped, percent, significant } from '../../format/index.ts'
import type { Recipe } from '../../recipes/schema.ts'
import type { PublishedFigures } from './figures.ts'

/** What a card tells. */
export interface CardFacts {
  /** OWNER/NAME */
  readonly name: string
  readonly recipe: Recipe
  /** Optimiser steps behind the weights, and the size of the model. */
  readonly step: number
  readonly parameters: number
  /** What it solves: `6×6 Sudoku`; null where no family knows. */
  readonly title: string | null
  /** Null where nothing was measured on these very weights. */
  readonly figures: PublishedFigures | null
  /** Which puzzles it was trained and tested on, in words, where the recipe does not say it: puzzles of files. */
  readonly source: string | null
  /** An identifier of the hub, such as `mit`. */
  readonly license: string | null
  /** The published files besides the card, and what each is. */
  readonly files: readonly { readonly path: string; readonly about: string }[]
  readonly trainingSeconds: number | null
  readonly processor: string | null
}

/** The first lines that the hub reads: https://huggingface.co/docs/hub/model-cards */
function head({ name, recipe, title, figures, license }: CardFacts): string {
  const last = figures?.byStep.at(-1)
  const dataset = { type: recipe.data.kind, name: title ?? recipe.data.kind, split: 'test' }
  const metrics = [
    { type: 'exact_match', name: 'exact, all steps', value: last?.exact },
    { type: 'exact_match', name: 'exact, early halting', value: figures?.early.exact },
    { type: 'accuracy', name: 'cells', value: last?.cells },
  ].filter(({ value }) => typeof value === 'number')
  return stringify({
    ...(license !== null && { license }),
    library_name: 'tiny-recursive-models',
    tags: ['tiny-recursive-model', 'trm', 'recursive-reasoning', recipe.data.kind, 'onnx'],
    ...(metrics.length > 0 && {
      'model-index': [
        {
          name: name.split('/')[1],
          results: [{ task: { type: 'puzzle-solving', name: 'puzzle solving' }, dataset, metrics }],
        },
      ],
    }),
  })
}

const libraryName = '@tiny-recursive-models/trm/node'

/** The card as Markdown. */
export function modelCard(facts: CardFacts): string {
  const { name, recipe, title, parameters, step, license } = facts
  const [, short] = name.split('/')
  return `---
${head(facts)}---

# ${short}

A tiny recursive model ([TRM, arXiv:2510.04871](https://arxiv.org/abs/2510.04871)) of ${grouped(parameters)} parameters${title === null ? '' : ` that solves puzzles: ${title}`}. It improves its own answer in up to ${grouped(recipe.model.supervisionSteps)} supervision steps.

${recipe.description}

## Accuracy

${accuracy(facts)}

## Training

- Recipe \`${recipe.name}\`, seed ${recipe.training.seed}, in whole in \`recipe.json\`
- Weights after step ${grouped(step)} of ${grouped(recipe.training.steps)}${recipe.optimizer.emaDecay === 0 ? '' : ', their moving average'}
${trainedOn(facts)}
## Use

With tiny-recursive-models (TypeScript; Node or a page, no Python):

\`\`\`
trm solve generated --model hf:${name} --watch
trm eval hf:${name} --early
\`\`\`

\`\`\`ts
import { openModel } from '${libraryName}'

const { model } = await openModel('hf:${name}')
\`\`\`

| file | what it is |
| ---- | ---------- |
${facts.files.map(({ path, about }) => `| \`${path}\` | ${about} |`).join('\n')}

## Limits

It solves puzzles of the kind and size that it was trained on, and none other. An answer can be wrong even where the model is sure: check it. A question with several solutions may get a mixture of them.
${license === null ? '' : `\n## Licence\n\n${license}\n`}`
}

function accuracy({ figures, title }: CardFacts): string {
  if (figures === null) return 'Not measured: no figures came with these weights.'
  const hasValid = figures.byStep.some(({ valid, exact }) => valid !== null && valid !== exact)
  const header = ['supervision step', 'exact', 'cells', ...(hasValid ? ['valid'] : [])]
  const shown = figures.byStep.filter(
    ({ step }, index, all) =>
      all.length <= 16 || Number.isInteger(Math.log2(step)) || index === all.length - 1,
  )
  const rows = shown.map(({ step, exact, cells, valid }) => [
    String(step),
    share(exact),
    share(cells),
    ...(hasValid ? [share(valid)] : []),
  ])
  const { puzzles, early } = figures
  return `On ${grouped(puzzles)} test puzzles${title === null ? '' : ` (${title})`} that it was not trained on; exact: every cell is right. With early halting ${share(early.exact)} exact after ${significant(early.meanSteps)} steps on average.

${[header, header.map(() => '---:'), ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n')}`
}

const share = (value: number | null): string => (value === null ? '–' : percent(value))

function trainedOn({ recipe, source, trainingSeconds, processor }: CardFacts): string {
  const { data } = recipe
  const generated =
    'train' in data && typeof data.train === 'number'
      ? `${grouped(data.train)} generated puzzles, data seed ${data.seed}`
      : null
  const puzzles = source ?? generated
  const lines = [
    ...(puzzles === null ? [] : [`- Data: ${puzzles}`]),
    ...(trainingSeconds === null
      ? []
      : [
          `- ${grouped(Math.round(trainingSeconds))} s of training${processor === null ? '' : ` on ${processor}`}`,
        ]),
  ]
  return lines.length === 0 ? '' : `${lines.join('\n')}\n`
}
