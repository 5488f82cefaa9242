/** Hands bytes to the reader as a file of that name. */
export function downloadFile(bytes: Uint8Array, name: string): void {
  const link = document.createElement('a')
  link.href = URL.createObjectURL(new Blob([bytes as Uint8Array<ArrayBuffer>]))
  link.download = name
  link.click()
  // The download has begun with the click; the address is not needed after it.
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000)
}
