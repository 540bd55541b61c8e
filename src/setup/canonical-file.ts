import type { KeyValue } from '../domain/choice';
import { percentOf } from '../domain/percent';
import { canonical, type Json, type JsonObject } from '../domain/json';
import { normalizeFilters, normalizeRule } from '../domain/rule-check';
import { finish, type Steps } from '../domain/steps';
import { byKey, inOrder } from './export';
import { SETUP_VERSION, type SetupExperiment, type SetupFile } from './file';
import { writtenHoldout } from './holdout';
import { withoutUsualRoles, writtenAnalysis, writtenMeasured, writtenRoles } from './measures';

/** What a file says, as plain JSON, its members in the order in which they are written. */
export function setupContent(file: SetupFile): JsonObject {
  return finish(writingContent(file));
}

/** The same, in pieces. */
export function* writingContent({ project, exclusivity, holdout, ...lists }: SetupFile): Steps<JsonObject> {
  const content: { [name: string]: unknown } = {
    ...writable({
      ...(project && { project }),
      ...(exclusivity !== undefined && { exclusivity }),
      ...(holdout !== undefined && { holdout }),
    }),
  };
  for (const name of LISTS) {
    const items = lists[name];
    if (items === undefined) continue;
    const written: unknown[] = [];
    const sorted = byName<(typeof items)[number]>(items);
    for (let from = 0; from < sorted.length; from += BATCH) {
      const part = writable(canonicalFile({ [name]: sorted.slice(from, from + BATCH) })) as { readonly [list: string]: readonly unknown[] };
      written.push(...(part[name] ?? []));
      yield;
    }
    content[name] = written;
  }
  return content as JsonObject;
}

/** In the order in which they are written. */
const LISTS = ['keys', 'segments', 'goals', 'flags', 'configs', 'experiments'] as const;
/** Things that are written together. */
const BATCH = 10;

/** The file with all that has no meaning in one order: lists and goals by name, values by the order of their keys, members of JSON by name. */
export function canonicalFile(file: SetupFile): SetupFile {
  const { project, exclusivity, holdout, keys, segments, goals, flags, configs, experiments } = file;
  return {
    ...(project && { project }),
    ...(exclusivity !== undefined && { exclusivity }),
    ...(holdout !== undefined && { holdout }),
    ...(keys && { keys: byName(keys).map((key) => ({ ...key, default: sorted(key.default) })) }),
    ...(segments && { segments: byName(segments).map((segment) => ({ ...segment, rule: normalizeRule(segment.rule) })) }),
    ...(goals && { goals: byName(goals).map((goal) => ({ ...goal, filters: normalizeFilters(goal.filters) })) }),
    ...(flags && {
      flags: byName(flags).map((flag) => ({ ...flag, rows: flag.rows.map((row) => ({ ...row, value: sorted(row.value) })) })),
    }),
    ...(configs && {
      configs: byName(configs).map((config) => ({
        ...config,
        rows: config.rows.map((row) => ({ ...row, values: canonicalValues(config.keys, row.values) })),
      })),
    }),
    ...(experiments && {
      experiments: byName(experiments).map(({ sticky, ...experiment }) => ({
        ...experiment,
        // It is the usual thing.
        ...(sticky === false && { sticky }),
        goals: withoutUsualRoles(byName(experiment.goals)),
        variants: experiment.variants.map((variant) => ({ ...variant, values: canonicalValues(experiment.keys, variant.values) })),
      })),
    }),
  };
}

function byName<E extends { readonly name: string }>(named: readonly E[]): readonly E[] {
  return [...named].sort((a, b) => byCodePoint(a.name, b.name));
}

/** In the order of code points: that of a language differs from machine to machine. */
function byCodePoint(a: string, b: string): number {
  return Buffer.compare(Buffer.from(a), Buffer.from(b));
}

function canonicalValues(keys: readonly string[], values: readonly KeyValue[]): readonly KeyValue[] {
  return inOrder(values, keys).map(({ key, value }) => ({ key, value: sorted(value) }));
}

function sorted(value: Json): Json {
  return JSON.parse(canonical(value)) as Json;
}

/** As it is in a file: fields in the order of the documentation, without those that have their default. */
function writable({ project, exclusivity, holdout, keys, segments, goals, flags, configs, experiments }: SetupFile): object {
  return given({
    version: SETUP_VERSION,
    project: project && given({ name: project.name, description: project.description }),
    exclusivity,
    holdout: holdout === undefined ? undefined : writtenHoldout(holdout),
    keys: keys?.map((key) => {
      return given({
        name: key.name,
        type: key.type,
        default: key.default,
        description: said(key.description),
        archived: unless(false, key.archived),
      });
    }),
    segments: segments?.map(({ name, description, rule }) => given({ name, description: said(description), rule: ordered(rule as Json) })),
    goals: goals?.map(({ name, description, event, filters, ...measured }) => {
      return given({
        name,
        description: said(description),
        event,
        filters: some(filters.map((filter) => ordered(filter as unknown as Json))),
        ...writtenMeasured(measured),
      });
    }),
    flags: flags?.map(({ name, description, key, status, rows }) => {
      const shown = rows.map((row) => {
        return given({ segment: row.segment ?? undefined, percentage: unless(100, percentOf(row.percentage)), value: row.value });
      });
      return given({ name, description: said(description), key, status: unless('DRAFT', status), rows: some(shown) });
    }),
    configs: configs?.map(({ name, description, keys, status, rows }) => {
      const shown = rows.map((row) => given({ segment: row.segment ?? undefined, values: byKey(row.values) }));
      return given({ name, description: said(description), keys, status: unless('DRAFT', status), rows: some(shown) });
    }),
    experiments: experiments?.map(writableExperiment),
  });
}

function writableExperiment(experiment: SetupExperiment): object {
  const { name, description, audience, traffic, exclusive, sticky, keys, goals, analysis, variants, status, rolledOut } = experiment;
  return given({
    name,
    description: said(description),
    audience: audience ?? undefined,
    traffic: unless(100, percentOf(traffic)),
    exclusive,
    keys,
    sticky: unless(true, sticky),
    goals: some(goals.map((goal) => goal.name)),
    roles: writtenRoles(goals),
    analysis: writtenAnalysis(analysis),
    variants: variants.map(({ name, control, weight, values }) => {
      return given({
        name,
        control: unless(false, control),
        weight: percentOf(weight),
        values: values.length === 0 ? undefined : byKey(values),
      });
    }),
    status: unless('DRAFT', status),
    rolledOut,
  });
}

/** Without the members that are undefined. */
function given(members: { readonly [name: string]: unknown }): object {
  return Object.fromEntries(Object.entries(members).filter(([, member]) => member !== undefined));
}

const unless = <T>(usual: T, value: T): T | undefined => (value === usual ? undefined : value);
const said = (description: string): string | undefined => unless('', description);
const some = <T>(list: readonly T[]): readonly T[] | undefined => (list.length === 0 ? undefined : list);

const MEMBERS = [
  'name',
  'operator',
  'event',
  'count',
  'atLeast',
  'atMost',
  'exactly',
  'includeZero',
  'window',
  'from',
  'to',
  'value',
  'values',
  'filters',
];

/** A rule's members in the order in which one reads them. */
function ordered(rule: Json): Json {
  if (Array.isArray(rule)) return rule.map(ordered);
  if (rule === null || typeof rule !== 'object') return rule;
  const members = Object.entries(rule).sort(([a], [b]) => MEMBERS.indexOf(a) - MEMBERS.indexOf(b));
  return Object.fromEntries(members.map(([name, member]) => [name, ordered(member)]));
}
