/**
 * The first key that an object in valid JSON text holds twice, or null. `JSON.parse` keeps the last of two equal
 * keys without a word, so a header with two tensors of one name would silently lose one.
 */
export function duplicateKey(text: string): string | null {
  // One set of seen keys per open object, null per open array.
  const open: (Set<string> | null)[] = []
  let index = 0
  while (index < text.length) {
    const character = text[index]
    if (character === '{') open.push(new Set())
    else if (character === '[') open.push(null)
    else if (character === '}' || character === ']') open.pop()
    else if (character === '"') {
      const end = endOfString(text, index)
      const seen = open.at(-1)
      if (seen && isFollowedByColon(text, end)) {
        const key = JSON.parse(text.slice(index, end)) as string
        if (seen.has(key)) return key
        seen.add(key)
      }
      index = end
      continue
    }
    index++
  }
  return null
}

/** The index behind the closing quote of the string that opens at `start`. */
function endOfString(text: string, start: number): number {
  let index = start + 1
  while (index < text.length && text[index] !== '"') index += text[index] === '\\' ? 2 : 1
  return index + 1
}

function isFollowedByColon(text: string, start: number): boolean {
  let index = start
  while (text[index] === ' ' || text[index] === '\n' || text[index] === '\t' || text[index] === '\r') index++
  return text[index] === ':'
}
