/**
 * Every command: what the list of commands says of it, and the file with its options and what it does. Only the file
 * of the command that was asked for is loaded, so that `trm --help` does not wait for the whole library.
 */
import type { Command } from 'commander'

interface CommandEntry {
  /** Its name and its arguments, as commander reads them. */
  readonly words: string
  readonly description: string
  /** Loads what adds its options, its help and its action. */
  readonly load: () => Promise<(command: Command) => void>
}

export const commands: readonly CommandEntry[] = [
  {
    words: 'quickstart',
    description:
      'watch a trained model solve a puzzle, then train one from scratch, test it and watch it; can be resumed',
    load: async () => (await import('./commands/quickstart.ts')).addQuickstart,
  },
  {
    words: 'train [recipe]',
    description: 'train a recipe, by name or from a JSON file, in a run folder; Ctrl-C saves and stops',
    load: async () => (await import('./commands/train.ts')).addTrain,
  },
  {
    words: 'sweep [recipe]',
    description: 'train a recipe with several values of its fields and several seeds, and compare the runs',
    load: async () => (await import('./commands/sweep.ts')).addSweep,
  },
  {
    words: 'eval <run>',
    description: 'evaluate a run folder, a checkpoint file or a shipped model on unseen puzzles',
    load: async () => (await import('./commands/eval.ts')).addEval,
  },
  {
    words: 'solve',
    description: 'solve a puzzle with a trained model (default: the shipped model for its kind and size)',
    load: async () => (await import('./commands/solve.ts')).addSolve,
  },
  {
    words: 'import <file>',
    description: 'convert a checkpoint of the published code (torch.save or safetensors) to a model file',
    load: async () => (await import('./commands/import.ts')).addImport,
  },
  {
    words: 'export <run>',
    description: 'export a run folder, a model file or a shipped model for other programs',
    load: async () => (await import('./commands/export.ts')).addExport,
  },
  {
    words: 'publish <model>',
    description: 'publish a run folder, a model file or a shipped model on the Hugging Face Hub',
    load: async () => (await import('./commands/publish.ts')).addPublish,
  },
  {
    words: 'models',
    description: 'list the trained models shipped with this program',
    load: async () => (await import('./commands/models.ts')).addModels,
  },
  {
    words: 'runs [folder]',
    description: 'list the runs in a folder, or show one run, with key figures (default: runs)',
    load: async () => (await import('./commands/runs.ts')).addRuns,
  },
  {
    words: 'studio [runs]',
    description:
      'serve the studio: a page to watch models think and train, and to follow runs; Ctrl-C stops it',
    load: async () => (await import('./commands/studio.ts')).addStudio,
  },
  {
    words: 'serve <model...>',
    description:
      'answer puzzles over HTTP with one or more models; Ctrl-C stops it when all that was asked is answered',
    load: async () => (await import('./commands/serve.ts')).addServe,
  },
  {
    words: 'recipes [name]',
    description: 'list the recipes, or print one as JSON to edit and train',
    load: async () => (await import('./commands/recipes.ts')).addRecipes,
  },
  {
    words: 'data',
    description: 'check, generate or describe puzzles',
    load: async () => (await import('./commands/data.ts')).addData,
  },
  {
    words: 'arc',
    description: 'score ARC submissions, or show ARC tasks and answers',
    load: async () => (await import('./commands/arc.ts')).addArc,
  },
  {
    words: 'download [what] [files...]',
    description: 'download a data set or a checkpoint from the Hugging Face Hub; run it again to resume',
    load: async () => (await import('./commands/download.ts')).addDownload,
  },
  {
    words: 'bench',
    description: 'compare models by training them',
    load: async () => (await import('./commands/bench.ts')).addBench,
  },
  {
    words: 'explain [what]',
    description: 'show how a recipe or a model is computed: loops, products, memory, and where the time goes',
    load: async () => (await import('./commands/explain.ts')).addExplain,
  },
  {
    words: 'doctor',
    description: 'show what works on this machine: versions, devices and speed',
    load: async () => (await import('./commands/doctor.ts')).addDoctor,
  },
]
