/** What the value of a property is. Versions are written as strings. */
export const PROPERTY_TYPES = ['STRING', 'NUMBER', 'BOOLEAN'] as const;
export type PropertyType = (typeof PROPERTY_TYPES)[number];

export interface KnownProperty {
  /** In plain words. */
  readonly words: string;
  readonly type: PropertyType;
}

/** Properties that mean the same in every app. Other names with these prefixes are accepted as well. */
export const KNOWN_PROPERTIES: ReadonlyMap<string, KnownProperty> = new Map<string, KnownProperty>([
  ['geo.continent', { words: 'continent', type: 'STRING' }],
  ['geo.country', { words: 'country', type: 'STRING' }],
  ['geo.region', { words: 'region', type: 'STRING' }],
  ['geo.city', { words: 'city', type: 'STRING' }],
  ['geo.postalCode', { words: 'postal code', type: 'STRING' }],
  ['geo.timeZone', { words: 'time zone', type: 'STRING' }],
  ['device.type', { words: 'device type', type: 'STRING' }],
  ['device.manufacturer', { words: 'device manufacturer', type: 'STRING' }],
  ['device.model', { words: 'device model', type: 'STRING' }],
  ['device.os', { words: 'operating system', type: 'STRING' }],
  ['device.osVersion', { words: 'operating system version', type: 'STRING' }],
  ['device.browser', { words: 'browser', type: 'STRING' }],
  ['device.browserVersion', { words: 'browser version', type: 'STRING' }],
  ['device.screen', { words: 'screen size', type: 'STRING' }],
  ['app.name', { words: 'app', type: 'STRING' }],
  ['app.version', { words: 'app version', type: 'STRING' }],
  ['app.build', { words: 'app build', type: 'STRING' }],
  ['app.language', { words: 'app language', type: 'STRING' }],
  ['user.age', { words: 'age', type: 'NUMBER' }],
  ['user.gender', { words: 'gender', type: 'STRING' }],
  ['user.language', { words: 'language', type: 'STRING' }],
]);

/** What the names of known properties begin with, such as `geo.`. */
export const KNOWN_PREFIXES: readonly string[] = [
  ...new Set([...KNOWN_PROPERTIES.keys()].map((name) => name.slice(0, name.indexOf('.') + 1))),
];

/** The known properties of the prefix that the name has, if it has one and is not itself known. */
export function knownBeside(name: string): readonly string[] {
  if (KNOWN_PROPERTIES.has(name)) return [];
  const prefix = KNOWN_PREFIXES.find((known) => name.startsWith(known));
  return prefix === undefined ? [] : [...KNOWN_PROPERTIES.keys()].filter((known) => known.startsWith(prefix));
}
