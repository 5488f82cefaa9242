/** "row 3, column 5" of a square grid, counted from 1. */
export function nameCell(cell: number, size: number): string {
  return `row ${Math.floor(cell / size) + 1}, column ${(cell % size) + 1}`
}
