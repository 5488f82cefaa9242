/** Five stops, which drive the real page with the puzzle at hand. */
import { grouped, plural } from '@tiny-recursive-models/trm/format'
import { netCalls } from '@tiny-recursive-models/trm/models'
import { isGiven } from '../puzzles/cells.ts'
import { erased } from '../puzzles/edit.ts'
import { session } from './session.svelte.ts'

export interface Stop {
  readonly title: string
  readonly text: string
  /** What the page shows at this stop. */
  readonly show: () => void
  /** What is to be in sight, by selectors: the first that is laid out. The grid by default. */
  readonly seen?: readonly string[]
}

/** The step after which most cells are wrong, and not the first. */
function worstStep(): number {
  const counts = session.judgements.map(({ wrong }) => wrong.length)
  const most = Math.max(0, ...counts.slice(1))
  return most === 0 ? 1 : counts.lastIndexOf(most) + 1
}

/** The first step after which the model thinks its answer is right; else the last. */
function sureStep(): number {
  const first = session.thoughts.findIndex(({ haltProbability }) => haltProbability > 0.9)
  return first < 0 ? session.thoughts.length : first + 1
}

function removeClue(): void {
  const { board, question } = session
  if (!board) return
  const clue = question.findIndex((token) => isGiven(board, token) && board.editing.palette.includes(token))
  if (clue >= 0) session.edit(question.with(clue, erased(board)))
}

export function stopsOfTour(): readonly Stop[] {
  const uses = session.known ? netCalls({ ...session.known.config, continueLoss: false }) : null
  const network = session.known ? `${grouped(session.known.parameters)} numbers` : 'few numbers'
  return [
    {
      title: 'It guesses all cells at once',
      text: 'Bold symbols are given. All others the model has just answered, in one go; the bar below each says how sure it is of it.',
      show: () => session.seek(1),
    },
    {
      title: 'Here it errs, and is unsure',
      text: 'A cross marks what is wrong; small symbols are the candidates between which it wavers. Point at a cell to see how likely it finds each.',
      show: () => session.seek(worstStep()),
    },
    {
      title: 'One step is the same network, over and over',
      text: `The whole network is ${network}${uses === null ? '' : `, and one step uses it ${plural(uses, 'time')}: it goes over the whole puzzle again and again`}. Framed cells changed in this step.`,
      show: () => session.seek(worstStep() + 1),
    },
    {
      title: 'It says itself when it is done',
      text: 'The curve “How sure it is” is one more number that the model predicts: how likely its whole answer is right. Nobody tells it the solution.',
      show: () => session.seek(sureStep()),
      // On a phone it stands beside the grid, elsewhere in a card.
      seen: ['.player .certainty', '[data-testid="halting"]'],
    },
    {
      title: 'Now take a clue away',
      text: 'One given symbol is gone: the model has answered again at once. Write other symbols, undo, or press “New puzzle”. It is yours.',
      show: removeClue,
    },
  ]
}
