import type { Json } from '../domain/json';
import { VOCABULARY_LIMITS, type EventInUse, type PropertyType } from './observations';

/** The type of a property of an event; undefined for null, which is no value. */
export function propertyType(value: Json | undefined): PropertyType | undefined {
  switch (typeof value) {
    case 'boolean':
      return 'BOOLEAN';
    case 'string':
      return 'STRING';
    case 'number':
      return 'NUMBER';
    default:
      if (value === null || value === undefined) return undefined;
      return Array.isArray(value) ? 'LIST' : 'OBJECT';
  }
}

/** Puts together what was seen: each event with one property of one type, or without any. */
export function vocabularyOf(
  rows: Iterable<readonly [event: string, property: string | null, type: string | null]>,
): readonly EventInUse[] {
  const events = new Map<string, Map<string, Set<string>>>();
  for (const [event, property, type] of rows) {
    let properties = events.get(event);
    if (properties === undefined) {
      if (events.size >= VOCABULARY_LIMITS.events) continue;
      events.set(event, (properties = new Map()));
    }
    if (property === null || type === null) continue;
    const types = properties.get(property);
    if (types !== undefined) types.add(type);
    else if (properties.size < VOCABULARY_LIMITS.properties) properties.set(property, new Set([type]));
  }
  return [...events].sort(byName).map(([event, properties]) => ({
    event,
    properties: [...properties].sort(byName).map(([name, types]) => ({ name, types: [...types].sort() as PropertyType[] })),
  }));
}

function byName([a]: readonly [string, unknown], [b]: readonly [string, unknown]): number {
  return a < b ? -1 : 1;
}
