import type { Problem } from '../../api/problem';
import type { ConfigRowFragment } from '../../generated/operations';
import { newId } from '../../rule/node';
import { readValues, writeValues, type KeyTexts, type Types } from '../../value/key-values';
import { EVERYONE, segmentInput } from '../everyone';

export type ConfigRowFields = { readonly key: string; readonly stored: boolean; readonly segment: string; readonly values: KeyTexts };
export type ConfigFields = {
  readonly name: string;
  readonly description: string;
  readonly keys: readonly string[];
  readonly rows: readonly ConfigRowFields[];
};

export function newConfigRow(): ConfigRowFields {
  return { key: newId(), stored: false, segment: EVERYONE, values: {} };
}

export function readConfig({ name, description, keys, rows }: ConfigRowFragment): ConfigFields {
  const types = new Map(keys.map((key) => [key.name, key]));
  return {
    name,
    description,
    keys: keys.map((key) => key.name),
    rows: rows.map(({ row, segment, values }) => ({
      key: row,
      stored: true,
      segment: segment?.id ?? EVERYONE,
      values: readValues(values, types),
    })),
  };
}

export function configRows({ rows, keys }: ConfigFields, types: Types, problems: Problem[]) {
  return rows.map(({ key, stored, segment, values }, at) => ({
    ...(stored ? { row: key } : {}),
    segmentId: segmentInput(segment),
    values: writeValues(values, keys, types, `rows.${at}.values`, problems),
  }));
}
