/** A child for run-training.test.ts: trains in a run folder and says each step, until it is done or killed. */
import { runTraining } from '../../src/node/run-training.ts'
import { parseRecipe } from '../../src/recipes/schema.ts'

const [folder, recipe] = process.argv.slice(2)
if (folder === undefined || recipe === undefined) throw new Error('usage: train-loop.ts FOLDER RECIPE')
const options = { folder, recipe: parseRecipe(JSON.parse(recipe), 'recipe'), resume: true, threads: 1 }
for await (const event of runTraining(options)) process.stdout.write(`${event.type}\n`)
