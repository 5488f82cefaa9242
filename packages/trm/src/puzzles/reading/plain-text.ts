/** Puzzles as programs and other alphabets write them, as text that every reader knows. */

/** Forms of ASCII as wide as Chinese characters, by which East Asian keyboards write digits. */
const wideForms = /[\uff01-\uff5e]/g
const wideSpace = /\u3000/g

/** A list of lists, or one list, as Python writes it; what stands before and after is the program. */
const pythonList = /[[(][\s\S]*[\])]/
/** What a list holds besides numbers and texts. */
const nothing = /\bNone\b|\bNaN\b|\bnan\b/g

/** Characters of a text that is looked through for a list. */
const longestList = 100_000

/**
 * Full-width characters become plain ones, and a list or tuple of a program becomes JSON: `grid = [[5, None, '7'], …]`.
 * Other text stays as it is.
 */
export function plainPuzzleText(text: string): string {
  if (typeof text !== 'string') return text
  const narrow = text
    .replace(wideForms, (mark) => String.fromCharCode(mark.charCodeAt(0) - 0xfee0))
    .replace(wideSpace, ' ')
  return listAsJson(narrow) ?? narrow
}

/** Undefined where there is no list of cells, or where it is JSON as it stands. */
function listAsJson(text: string): string | undefined {
  if (text.length > longestList || !/[[(]/.test(text)) return undefined
  const list = pythonList.exec(text)?.[0]
  if (list === undefined) return undefined
  const json = list
    .replace(nothing, '0')
    .replaceAll("'", '"')
    .replaceAll('(', '[')
    .replaceAll(')', ']')
    .replace(/,(\s*\])/g, '$1')
  try {
    let value: unknown = JSON.parse(json)
    while (Array.isArray(value) && value.length === 1) value = value[0]
    return json === text.trim() || !isCells(value) ? undefined : JSON.stringify(value)
  } catch {
    return undefined
  }
}

/** A list of many cells, or of rows of them. */
function isCells(value: unknown): boolean {
  if (!Array.isArray(value) || value.length < 4) return false
  return value.every((entry) => (Array.isArray(entry) ? entry.every(isCell) : isCell(entry)))
}

const isCell = (value: unknown): boolean => typeof value === 'number' || typeof value === 'string'
