/** What all drawings share: the frame of an SVG file, and text inside it. */

export interface SvgFrame {
  /** Pixels, both. */
  readonly width: number
  readonly height: number
  /** Pixels. */
  readonly fontSize: number
  /** What the drawing shows, for those who cannot see it. */
  readonly title?: string
  /** Shown at its size in pixels; otherwise as large as the place it is put in. */
  readonly isFixed?: boolean
}

/** An SVG file: shapes on white ground. */
export function svgFile(frame: SvgFrame, shapes: readonly string[]): string {
  const { width, height, fontSize, title, isFixed = false } = frame
  const size = isFixed ? ` width="${width}" height="${height}"` : ''
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}"${size} font-family="system-ui, sans-serif" font-size="${fontSize}" fill="#333">`,
    ...(title === undefined ? [] : [`<title>${escapeXml(title)}</title>`]),
    `<rect width="${width}" height="${height}" fill="#fff"/>`,
    ...shapes,
    '</svg>\n',
  ].join('\n')
}

/** Marks that mean something to XML by their number; control characters, which it cannot hold, as �. */
export const escapeXml = (text: string): string =>
  text
    .replace(/[<>&"]/g, (mark) => `&#${mark.codePointAt(0)};`)
    // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
    .replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/g, '\ufffd')
