/** The model to begin with: it thinks fast and needs several steps, so there is something to see. */
export const firstModel = 'sudoku-6x6'
