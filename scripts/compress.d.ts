/** Writes a `.br` and a `.gz` beside every static file below the folder that gets smaller by it. */
export function compressFiles(folder: string): Promise<void>
