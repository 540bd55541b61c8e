import type { Json } from '../../src/domain/json';
import type { PropertyCondition, Rule } from '../../src/domain/rule';
import type { SetupSegment } from '../../src/setup/file';
import type { Filter } from './study';

const CHANNELS = { NIGHTLY: 'Nightly', BETA: 'Beta', RELEASE: 'Release' };
const PLATFORMS = { WINDOWS: 'Windows', MAC: 'Mac', LINUX: 'Linux', ANDROID: 'Android', IOS: 'iOS' };
const DESKTOP = ['Windows', 'Mac', 'Linux'];

/**
 * A filter as a segment. Filters that take the same users in the same words give the same name and rule, whatever order they were written in,
 * and others give another name. All channels or platforms are still listed in the rule: one that is new some day is not among them.
 */
export function audienceOf(filter: Filter): SetupSegment {
  const { channel, platform, country, min_version: from, max_version: to } = filter;
  const countries = [...new Set(country)].sort();
  const conditions = [
    among('app.channel', inOrder(CHANNELS, channel)),
    among('device.os', inOrder(PLATFORMS, platform)),
    ...(countries.length > 0 ? [among('geo.country', countries)] : []),
    ...(from === undefined ? [] : [atLeast(from)]),
    ...(to === undefined ? [] : [atMost(to)]),
  ];
  return {
    name: [
      channelWords(inOrder(CHANNELS, channel).map((one) => CHANNELS[one])),
      ` on ${platformWords(inOrder(PLATFORMS, platform).map((one) => PLATFORMS[one]))}`,
      countries.length > 0 ? ` in ${countries.join(', ')}` : '',
      versionWords(from, to),
    ].join(''),
    description: '',
    rule: { all: conditions.map((property): Rule => ({ property })) },
  };
}

function inOrder<Name extends string>(known: { readonly [name in Name]: string }, named: readonly Name[]): readonly Name[] {
  return (Object.keys(known) as Name[]).filter((name) => named.includes(name));
}

function among(name: string, values: readonly Json[]): PropertyCondition {
  const [only, ...others] = values;
  return others.length === 0 && only !== undefined ? { name, operator: 'EQUALS', value: only } : { name, operator: 'IN', values };
}

/** `139.*` begins where 139 does. */
function atLeast(version: string): PropertyCondition {
  return { name: 'app.version', operator: 'VERSION_AT_LEAST', value: version.replace(/\.\*$/, '') };
}

/** `151.*` ends before 152. */
function atMost(version: string): PropertyCondition {
  if (!version.endsWith('.*')) return { name: 'app.version', operator: 'VERSION_AT_MOST', value: version };
  const numbers = version.slice(0, -2).split('.');
  const next = [...numbers.slice(0, -1), String(Number(numbers.at(-1)) + 1)].join('.');
  return { name: 'app.version', operator: 'VERSION_LESS', value: next };
}

function channelWords(channels: readonly string[]): string {
  return channels.length === Object.keys(CHANNELS).length ? 'All channels' : listed(channels);
}

function platformWords(platforms: readonly string[]): string {
  if (platforms.length === Object.keys(PLATFORMS).length) return 'all platforms';
  if (!DESKTOP.every((platform) => platforms.includes(platform))) return listed(platforms);
  return listed(['desktop', ...platforms.filter((platform) => !DESKTOP.includes(platform))]);
}

function versionWords(from: string | undefined, to: string | undefined): string {
  if (from !== undefined && to !== undefined) return from === to ? `, ${from}` : `, ${from} to ${to}`;
  return from !== undefined ? `, from ${from}` : to !== undefined ? `, up to ${to}` : '';
}

function listed(words: readonly string[]): string {
  return words.length < 2 ? words.join('') : `${words.slice(0, -1).join(', ')} and ${words.at(-1)}`;
}
