import type { Json } from '../domain/json';
import type { PropertyType } from './observations';

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
