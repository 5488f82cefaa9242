/** Keys of files that earlier versions wrote under another name. */

/** `value` with every key of `names` renamed, at any depth; what is no object or list comes back as it is. */
export function renameKeys(value: unknown, names: Readonly<Record<string, string>>): unknown {
  if (Array.isArray(value)) return value.map((item) => renameKeys(item, names))
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value).map(([key, inner]) => [
      Object.hasOwn(names, key) ? names[key] : key,
      renameKeys(inner, names),
    ]),
  )
}

/** Of figures in `report.json` and in the list of shipped models. */
export const olderFigureNames = { maximumSteps: 'maxSteps' } as const
