import type { FlagRowFragment, ValueType } from '../../generated/operations';
import type { Problem } from '../../api/problem';
import { newId } from '../../rule/node';
import { firstText, textOf, valueOf } from '../../value/value-text';
import { EVERYONE, segmentInput } from '../everyone';

/** A row as its form shows it. `stored` is its name in the ledger, which a new one has not. */
export type RowFields = {
  readonly key: string;
  readonly stored: boolean;
  readonly segment: string;
  readonly percentage: string;
  readonly value: string;
};
export type FlagFields = {
  readonly name: string;
  readonly description: string;
  readonly keyName: string;
  readonly rows: readonly RowFields[];
};

export function newRow(type: ValueType): RowFields {
  return { key: newId(), stored: false, segment: EVERYONE, percentage: '100', value: type === 'BOOLEAN' ? 'true' : firstText(type) };
}

export function readFlag({ name, description, key, rows }: FlagRowFragment): FlagFields {
  return {
    name,
    description,
    keyName: key.name,
    rows: rows.map(({ row, segment, percentage, value }) => ({
      key: row,
      stored: true,
      segment: segment?.id ?? EVERYONE,
      percentage: String(percentage),
      value: textOf(key.type, value),
    })),
  };
}

export const FLAG_PLACES = { keyName: 'key' };
/** The places of a row that have a field of their own. */
export const rowPlaces = (at: number) => ({
  segment: `rows.${at}.segmentId`,
  percentage: `rows.${at}.percentage`,
  value: `rows.${at}.value`,
});

/** The rows as the command takes them, or what of them cannot be read. */
export function rowsInput(rows: readonly RowFields[], type: ValueType) {
  const problems: Problem[] = [];
  const input = rows.map(({ key, stored, segment, percentage, value: text }, at) => {
    const { value, problem } = valueOf(type, text);
    if (problem !== undefined) problems.push({ path: `rows.${at}.value`, message: problem });
    return { ...(stored ? { row: key } : {}), segmentId: segmentInput(segment), percentage: Number(percentage), value };
  });
  return { input, problems };
}
