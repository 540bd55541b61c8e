import { stringify } from 'csv-stringify/sync';

/**
 * One record of RFC 4180. Any line break inside a cell is quoted, also a lone LF or CR: readers take each of them for the end of a record. A
 * spreadsheet takes a cell that begins with = + - @ and the like for a formula: an apostrophe before it makes it text.
 */
export function csvRow(cells: readonly (string | number)[]): string {
  return stringify([cells], { escape_formulas: true, record_delimiter: 'windows', quoted_match: /[\r\n\u2028\u2029\u0085]/ });
}
