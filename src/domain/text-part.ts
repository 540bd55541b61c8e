import type { EntityKind } from './event';

/*
 * A sentence or a rule in words is composed as one text, in which the parts that mean something are set off by control characters. Names, and values
 * as JSON, have none. `plainText` is what people read, and `textParts` what a page makes links of: both of the same text, so that they cannot differ.
 */

export type TextPartKind = 'TEXT' | 'ENTITY' | 'VALUE' | 'EVENT' | 'PROPERTY';

export interface TextPart {
  readonly kind: TextPartKind;
  /** Without the marks that a sentence sets names off by: the parts are the sentence, but for these. */
  readonly text: string;
  /** For an ENTITY, what it is. */
  readonly entity?: { readonly kind: EntityKind; readonly id: string };
  /** For an EVENT or a PROPERTY, its name in the app. */
  readonly name?: string;
}

const [START, FIELD, END] = ['\u0001', '\u0002', '\u0003'];
const MARKS = new RegExp(`[${START}${FIELD}${END}]`, 'g');
const PART = new RegExp(`${START}([A-Z]+)${FIELD}([^${FIELD}]*)${FIELD}([^${FIELD}]*)${FIELD}([^${END}]*)${END}`);
const ALL_PARTS = new RegExp(PART, 'g');

const clean = (text: string): string => text.replace(MARKS, '\ufffd');

/** `name`: what an event or a property is called in the app; of an entity, its kind and id. `shown`: as the sentence has it. */
function marked(kind: TextPartKind, name: string, text: string, shown = text): string {
  return [START, kind, FIELD, clean(name), FIELD, clean(text), FIELD, clean(shown), END].join('');
}

/** A name in a sentence: `*name*`, with what could be taken for its end escaped by `\`. */
export function named(name: string): string {
  return `*${name.replace(/[\\*]/g, '\\$&')}*`;
}

/** A thing, by its name. */
export function entityText({ kind, id, name }: { readonly kind: EntityKind; readonly id: string; readonly name: string }): string {
  return marked('ENTITY', `${kind}:${id}`, name, named(name));
}

/** A thing whose name is not known where the sentence is made: `a segment`. */
export function unnamedText(kind: EntityKind, id: string, text: string): string {
  return marked('ENTITY', `${kind}:${id}`, text);
}

export const keyText = (key: string): string => entityText({ kind: 'key', id: key, name: key });
export const valueText = (text: string): string => marked('VALUE', '', text);
export const eventText = (event: string): string => marked('EVENT', event, event, named(event));
export const propertyText = (property: string, text: string): string => marked('PROPERTY', property, text);

/** What people read. */
export function plainText(text: string): string {
  return text.replace(ALL_PARTS, '$4');
}

export function textParts(text: string): readonly TextPart[] {
  const pieces = text.split(PART);
  const parts: TextPart[] = [];
  for (let at = 0; at < pieces.length; at += 5) {
    const [before, kind, name, own] = pieces.slice(at, at + 4) as [string, TextPartKind | undefined, string, string];
    if (before !== '') parts.push({ kind: 'TEXT', text: before });
    if (kind !== undefined) parts.push({ kind, text: own, ...described(kind, name) });
  }
  return parts;
}

function described(kind: TextPartKind, name: string): Pick<TextPart, 'entity' | 'name'> {
  if (kind === 'EVENT' || kind === 'PROPERTY') return { name };
  if (kind !== 'ENTITY') return {};
  const end = name.indexOf(':');
  return { entity: { kind: name.slice(0, end) as EntityKind, id: name.slice(end + 1) } };
}
