import { useList } from '../api/list';
import {
  GoalsDocument,
  KeysDocument,
  SegmentsDocument,
  type GoalRowFragment,
  type KeyRowFragment,
  type SegmentRowFragment,
} from '../generated/operations';
import type { Option } from '../ui/choice';
import { experienceWords } from '../words/experiences';
import { EVERYONE } from './everyone';

interface Named {
  readonly id: string;
  readonly name: string;
}

/** Segments to choose from, and the one that was chosen even if it is archived by now. */
export function useSegmentOptions(chosen: readonly (Named | null)[] = []): readonly Option<string>[] {
  const { rows = [] } = useList<SegmentRowFragment>(SegmentsDocument, false);
  const known = new Map<string, Option<string>>([[EVERYONE, { id: EVERYONE, text: experienceWords.everyone }]]);
  for (const one of [...rows, ...chosen]) if (one !== null) known.set(one.id, { id: one.id, text: one.name });
  return [...known.values()];
}

export function useGoalOptions(chosen: readonly Named[] = []): readonly Option<string>[] {
  const { rows = [] } = useList<GoalRowFragment>(GoalsDocument, false);
  const known = new Map([...rows, ...chosen].map(({ id, name }) => [id, { id, text: name }]));
  return [...known.values()];
}

/** The keys that can be chosen, by name. */
export function useKeys(): ReadonlyMap<string, KeyRowFragment> {
  const { rows = [] } = useList<KeyRowFragment>(KeysDocument, false);
  return new Map(rows.map((key) => [key.name, key]));
}
