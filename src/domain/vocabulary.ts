import { KNOWN_PROPERTIES, type PropertyType } from './known-properties';
import type { ProjectState } from './project-state';
import { mentionsOf, typeOfOperand } from './rule-advice';
import type { PropertyCondition } from './rule';
import type { Steps } from './steps';

/** An event or a property, and how many segments and goals ask for it. */
export interface WordInUse {
  readonly name: string;
  readonly uses: number;
}

/** A property of users, or of one event, with the types of the values that it is compared with. */
export interface PropertyInUse extends WordInUse {
  /** A description in plain words; undefined: only the app knows what it means. */
  readonly words: string | undefined;
  readonly reserved: boolean;
  readonly types: readonly PropertyType[];
}

export interface EventInUse extends WordInUse {
  readonly properties: readonly PropertyInUse[];
}

export interface Vocabulary {
  readonly events: readonly EventInUse[];
  readonly properties: readonly PropertyInUse[];
}

/** Segments that are looked at in one step. */
const PER_STEP = 20;

interface Counted {
  readonly in: Set<string>;
  readonly types: Set<PropertyType>;
}

class Words {
  readonly events = new Map<string, { readonly in: Set<string>; readonly properties: Map<string, Counted> }>();
  readonly properties = new Map<string, Counted>(
    [...KNOWN_PROPERTIES].map(([name, { type }]) => [name, { in: new Set<string>(), types: new Set([type]) }]),
  );

  event(name: string, by: string): Map<string, Counted> {
    let event = this.events.get(name);
    if (event === undefined) this.events.set(name, (event = { in: new Set(), properties: new Map() }));
    event.in.add(by);
    return event.properties;
  }

  property(among: Map<string, Counted>, { name, value, values, from }: PropertyCondition, by: string): void {
    let counted = among.get(name);
    if (counted === undefined) among.set(name, (counted = { in: new Set(), types: new Set() }));
    counted.in.add(by);
    if (KNOWN_PROPERTIES.has(name) && among === this.properties) return;
    for (const operand of [value, ...(values ?? []), from]) if (operand !== undefined) counted.types.add(typeOfOperand(operand));
  }
}

/** The events and properties that the segments and goals which are not archived ask for, by name, and all properties that are reserved. */
export function* vocabularyOf({ segments, goals }: Pick<ProjectState, 'segments' | 'goals'>): Steps<Vocabulary> {
  const words = new Words();
  let looked = 0;
  for (const { id, rule, archived } of segments.values()) {
    if (archived) continue;
    for (const { event, property } of mentionsOf(rule, '')) {
      const among = event === undefined ? words.properties : words.event(event, id);
      if (property !== undefined) words.property(among, property, id);
    }
    looked += 1;
    if (looked % PER_STEP === 0) yield;
  }
  for (const { id, event, filters, property, archived } of goals.values()) {
    if (archived) continue;
    const among = words.event(event, id);
    for (const filter of filters) words.property(among, filter, id);
    if (property !== null) words.property(among, { name: property, operator: 'AT_LEAST', value: 0 }, id);
  }
  return {
    events: [...words.events]
      .sort(byName)
      .map(([name, { in: by, properties }]) => ({ name, uses: by.size, properties: listed(properties, false) })),
    properties: listed(words.properties, true),
  };
}

function listed(properties: ReadonlyMap<string, Counted>, ofUsers: boolean): readonly PropertyInUse[] {
  return [...properties].sort(byName).map(([name, { in: by, types }]) => {
    const known = ofUsers ? KNOWN_PROPERTIES.get(name) : undefined;
    return { name, uses: by.size, words: known?.words, reserved: known !== undefined, types: [...types].sort() };
  });
}

const byName = ([a]: readonly [string, unknown], [b]: readonly [string, unknown]): number => (a < b ? -1 : 1);
