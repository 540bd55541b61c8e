import type { PropertyCondition, Rule } from '../../src/domain/rule';
import type { Browser } from './published';

/** As the words of the rule's format say; every browser has every property. */
export function matches(rule: Rule, browser: Browser): boolean {
  if ('all' in rule) return rule.all.every((part) => matches(part, browser));
  if ('property' in rule) return holds(rule.property, browser);
  throw new Error(`This sample has no such rule: ${JSON.stringify(rule)}`);
}

const paddings = new Map<string, string>();

/** At one length, versions are in the order of their texts. */
function padded(version: string): string {
  const numbers = version.split('.');
  const text = paddings.get(version) ?? [0, 1, 2, 3, 4, 5].map((at) => (numbers[at] ?? '0').padStart(6, '0')).join('.');
  paddings.set(version, text);
  return text;
}

function holds(
  { name, operator, value, values }: PropertyCondition,
  { channel, platform, country, version, form = 'DESKTOP' }: Browser,
): boolean {
  const known = { 'app.channel': channel, 'device.os': platform, 'device.type': form, 'geo.country': country, 'app.version': version };
  const has = known[name as keyof typeof known] as string | undefined;
  if (has === undefined) throw new Error(`This sample has no such property: ${name}`);
  if (operator === 'EQUALS') return has === value;
  if (operator === 'IN') return values?.includes(has) ?? false;
  if (operator === 'VERSION_AT_LEAST') return padded(has) >= padded(String(value));
  if (operator === 'VERSION_AT_MOST') return padded(has) <= padded(String(value));
  if (operator === 'VERSION_LESS') return padded(has) < padded(String(value));
  throw new Error(`This sample has no such operator: ${operator}`);
}
