/** An observation as it crosses threads: by plain values, its texts hashed and written already. */
export type ObservationRow =
  | {
      readonly kind: 'event';
      readonly user: string;
      readonly id: string;
      readonly content: string;
      readonly event: string;
      readonly at: number | undefined;
      readonly properties: string;
      readonly types: readonly (readonly [property: string, type: string])[];
    }
  | {
      readonly kind: 'exposure';
      readonly user: string;
      readonly experiment: string;
      readonly variant: string;
      readonly at: number | undefined;
      readonly revision: number;
    };

export type EventRow = Extract<ObservationRow, { kind: 'event' }>;
export type ExposureRow = Extract<ObservationRow, { kind: 'exposure' }>;

/** The rows of one page, and about the bytes of properties in it: a page ends with the row that passes either. */
const PAGE_ROWS = 500;
const PAGE_BYTES = 4 * 1024 * 1024;

export interface Page<Row> {
  readonly rows: readonly Row[];
  readonly isLast: boolean;
}

/** Reads as many rows as one answer takes. */
export function page<Row>(found: Iterable<unknown>, read: (row: unknown) => { readonly row: Row; readonly bytes: number }): Page<Row> {
  const rows: Row[] = [];
  let sum = 0;
  for (const raw of found) {
    const { row, bytes } = read(raw);
    rows.push(row);
    sum += bytes;
    if (rows.length === PAGE_ROWS || sum > PAGE_BYTES) return { rows, isLast: false };
  }
  return { rows, isLast: true };
}
