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
    description: 'watch a trained model solve, then train one from nothing, test it and watch it; resumes',
    load: async () => (await import('./commands/quickstart.ts')).addQuickstart,
  },
  {
    words: 'train [recipe]',
    description: 'train a recipe, or one from a JSON file, in a run folder; Ctrl-C saves and ends',
    load: async () => (await import('./commands/train.ts')).addTrain,
  },
  {
    words: 'eval <run>',
    description:
      'measure the model of a run folder, a checkpoint file or a shipped model on puzzles it has not seen',
    load: async () => (await import('./commands/eval.ts')).addEval,
  },
  {
    words: 'solve',
    description:
      'let a trained model solve a puzzle; without a run, the shipped model for puzzles of its kind and size',
    load: async () => (await import('./commands/solve.ts')).addSolve,
  },
  {
    words: 'import <file>',
    description: 'turn a checkpoint of the published code (torch.save or safetensors) into a model file',
    load: async () => (await import('./commands/import.ts')).addImport,
  },
  {
    words: 'export <run>',
    description: 'write the model of a run folder, a model file or a shipped model for other programs',
    load: async () => (await import('./commands/export.ts')).addExport,
  },
  {
    words: 'models',
    description: 'list the trained models that come with this program',
    load: async () => (await import('./commands/models.ts')).addModels,
  },
  {
    words: 'runs [folder]',
    description: 'list the runs in a folder, or one run, with their key figures (default: runs)',
    load: async () => (await import('./commands/runs.ts')).addRuns,
  },
  {
    words: 'studio [runs]',
    description: 'serve the page that shows models thinking, training, and the runs of a folder; Ctrl-C ends',
    load: async () => (await import('./commands/studio.ts')).addStudio,
  },
  {
    words: 'recipes [name]',
    description: 'list the recipes, or print one as JSON to change and train',
    load: async () => (await import('./commands/recipes.ts')).addRecipes,
  },
  {
    words: 'data',
    description: 'check, generate or describe puzzles',
    load: async () => (await import('./commands/data.ts')).addData,
  },
  {
    words: 'arc',
    description: 'ARC tasks: score submissions, look at tasks and answers',
    load: async () => (await import('./commands/arc.ts')).addArc,
  },
  {
    words: 'download [what] [files...]',
    description: 'download a data set or a checkpoint from the Hugging Face hub; the same command goes on',
    load: async () => (await import('./commands/download.ts')).addDownload,
  },
  {
    words: 'bench',
    description: 'compare models by training them',
    load: async () => (await import('./commands/bench.ts')).addBench,
  },
  {
    words: 'doctor',
    description: 'what works on this machine: versions, devices, a speed figure',
    load: async () => (await import('./commands/doctor.ts')).addDoctor,
  },
]
