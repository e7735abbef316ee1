/** What a spreadsheet would take for a formula; a telephone number is none. */
const FORMULA = /^(?:[=@\t\r]|[+-](?!\d+$))/

/** A cell as it is written: in quotes where it holds what separates cells, and never a formula. */
function cell(value: string): string {
  const text = FORMULA.test(value) ? `'${value}` : value
  return /[",\r\n]/.test(text) || text !== value ? `"${text.replaceAll('"', '""')}"` : text
}

/** Rows of a table as a file that any spreadsheet opens. */
export const csv = (rows: readonly (readonly string[])[]): string => rows.map((row) => `${row.map(cell).join(',')}\r\n`).join('')
