/** The id of a session's row in the document, for moving the focus to it. */
export function rowId({ id }: { id: string }): string {
  return `device-${id}`
}
