interface SavedFile {
  name: string
  /** Its media type. */
  type: string
  content: string
}

/** Saves something that was made in the browser, where downloads go. */
export function saveFile({ name, type, content }: SavedFile): void {
  const url = URL.createObjectURL(new Blob([content], { type }))
  const link = document.createElement('a')
  link.href = url
  link.download = name
  link.click()
  URL.revokeObjectURL(url)
}
