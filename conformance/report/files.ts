import { writeFileSync } from 'node:fs'
import { html } from './html.ts'
import { junit } from './junit.ts'
import { markdown } from './markdown.ts'
import type { Report } from './report.ts'

/**
 * Writes the report to each of these files, in the form that its ending names; one that cannot be written keeps no other from it.
 *
 * @returns a sentence for each that could not be written
 */
export function writeReports(report: Report, paths: readonly string[]): readonly string[] {
  return paths.flatMap((path) => {
    try {
      writeFileSync(path, render(report, path))
      return []
    } catch (error) {
      return [`--report ${path} could not be written: ${error instanceof Error ? error.message : error}.`]
    }
  })
}

function render(report: Report, path: string): string {
  if (path.endsWith('.html')) return html(report)
  if (path.endsWith('.md')) return markdown(report)
  return path.endsWith('.xml') ? junit(report) : `${JSON.stringify(report, null, 2)}\n`
}
