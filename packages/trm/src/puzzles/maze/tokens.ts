/** What stands in the cells of a maze. */
export const mazeTokens = { wall: 1, open: 2, start: 3, goal: 4, path: 5 } as const

export const minMazeSide = 2
/** The size of the published mazes. */
export const maxMazeSide = 30
