import type { Json } from '../../src/domain/json';
import type { PropertyCondition, Rule } from '../../src/domain/rule';
import type { SetupSegment } from '../../src/setup/file';
import { foldName } from '../../src/domain/text';
import type { Filter, Study } from './study';

const CHANNELS = { NIGHTLY: 'Nightly', BETA: 'Beta', RELEASE: 'Release' };
const PLATFORMS = { WINDOWS: 'Windows', MAC: 'Mac', LINUX: 'Linux', ANDROID: 'Android', IOS: 'iOS' };
const DESKTOP = ['Windows', 'Mac', 'Linux'];

/**
 * The name that each study has here, as a segment and as a test: its own, or, where several have that, with what tells them apart. It says nothing of
 * versions where it can, since those move: a study whose filter changes keeps its name, so its segment is edited.
 */
export function namesOf(studies: readonly Study[]): ReadonlyMap<Study, string> {
  const shapes = [
    ({ name }: Study) => name,
    ({ name, filter }: Study) => `${name} (${places(filter)})`,
    ({ name, filter }: Study) => `${name} (${places(filter)}${versionWords(filter.min_version, filter.max_version)})`,
  ];
  return new Map(
    studies.map((study) => {
      const alike = studies.filter(({ name }) => foldName(name) === foldName(study.name));
      const isOwn = (shape: (study: Study) => string): boolean => alike.filter((other) => shape(other) === shape(study)).length === 1;
      const shape = shapes.find((one) => isOwn(one));
      if (shape === undefined) throw new Error(`Two studies are named ${study.name} and have one filter: nothing tells them apart.`);
      return [study, shape(study)];
    }),
  );
}

/** The filter of a study as a segment. All channels or platforms are still listed: one that is new some day is not among them. */
export function segmentOf(name: string, { filter }: Study): SetupSegment {
  const { channel, platform, form_factor: forms = [], country = [], min_version: from, max_version: to } = filter;
  const conditions = [
    among('app.channel', inOrder(CHANNELS, channel)),
    among('device.os', inOrder(PLATFORMS, platform)),
    ...(forms.length > 0 ? [among('device.type', [...new Set(forms)].sort())] : []),
    ...(country.length > 0 ? [among('geo.country', [...new Set(country)].sort())] : []),
    ...(from === undefined ? [] : [atLeast(from)]),
    ...(to === undefined ? [] : [atMost(to)]),
  ];
  return {
    name,
    description: `${places(filter)}${versionWords(from, to)}`,
    rule: { all: conditions.map((property): Rule => ({ property })) },
  };
}

/** Where a study is, in words: everything of its filter but versions. */
function places({ channel, platform, form_factor: forms = [], country = [] }: Filter): string {
  return [
    channelWords(inOrder(CHANNELS, channel).map((one) => CHANNELS[one])),
    ` on ${platformWords(inOrder(PLATFORMS, platform).map((one) => PLATFORMS[one]))}`,
    forms.length > 0 ? ` (${listed([...new Set(forms)].sort().map((form) => form.toLowerCase().replace('_', ' ')))})` : '',
    country.length > 0 ? ` in ${[...new Set(country)].sort().join(', ')}` : '',
  ].join('');
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
