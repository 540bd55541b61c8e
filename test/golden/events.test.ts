import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { eventId, GENESIS, hashOf, headOf, seal, textOf, type Envelope } from '../../src/domain/event';
import { canonical } from '../../src/domain/json';
import {EMPTY_PROJECT, evolve, schemaVersions, sentence, upcasts} from '../../src/domain/decider';
import { isRefusal } from '../../src/domain/concept';
import { decideCommand } from '../../src/domain/command';
import { DEFAULT_LIMITS } from '../../src/domain/limits';
import { createUpcaster } from '../../src/event-store/upcast';
import { freeze } from '../fixtures/freeze';

/**
 * One stream with every event type in every version ever written. It stands for what customers have on disk: lines are only ever added, each sealed
 * on top of the one before, and none is ever changed to make a test pass.
 */
const text = readFileSync(join(__dirname, 'events-v1.json'), 'utf8');
const events: readonly Envelope[] = freeze(JSON.parse(text) as Envelope[]);
const upcast = createUpcaster(schemaVersions, upcasts, new Set());
/** Those that the first version wrote: all of schema version 1. */
const FIRST = 60;
const fold = (count = FIRST) => events.slice(0, count).reduce((state, event) => evolve(state, upcast(event) ?? event), EMPTY_PROJECT);

test('there is an example of every event type in the version written today', () => {
  const examples = new Set(events.map(({ type, schemaVersion }) => `${type} v${schemaVersion}`));
  expect([...schemaVersions].map(([type, version]) => `${type} v${version}`).filter((name) => !examples.has(name))).toEqual([]);
});

test('no example is of a type or version that has never been', () => {
  expect(events.filter(({ type, schemaVersion }) => schemaVersion < 1 || schemaVersion > (schemaVersions.get(type) ?? 0))).toEqual([]);
});

test('the stored bytes are the canonical form, and stay so', () => {
  expect(`[\n${events.map((event) => canonical(event)).join(',\n')}\n]\n`).toBe(text);
});

test.each(events.map((event) => [event.revision, event.type, event] as const))('event %i, %s, is sealed to the same bytes today', (revision, _type, event) => {
  const head = revision === 0 ? GENESIS : headOf(events[revision - 1] as Envelope);
  const { type, entity, data, id: _id, hash: _hash, revision: _revision, previousHash: _previous, occurredAt, ...sealing } = event;
  const sealed = seal({ type, entity, data }, { ...sealing, now: occurredAt }, head);
  expect(sealed).toEqual(event);
  expect(textOf(sealed)).toBe(JSON.stringify(sealed));
  expect(hashOf(event)).toBe(event.hash);
  expect(eventId(event.hash)).toBe(event.id);
});

test('the chain is whole, and a change of one byte anywhere breaks it', () => {
  const whole = (stream: readonly Envelope[]) =>
    stream.every((event, index) => hashOf(event) === event.hash && event.previousHash === (stream[index - 1]?.hash ?? GENESIS.hash));
  expect(whole(events)).toBe(true);
  for (const index of events.keys()) {
    const changed = events.map((event, at) => (at === index ? { ...event, occurredAt: event.occurredAt + 1 } : event));
    expect(whole(changed)).toBe(false);
    expect(whole(changed.map((event) => ({ ...event, hash: hashOf(event) })))).toBe(index === events.length - 1);
  }
});

test.each(events.map((event) => [event.type, event] as const))('%s reads as a sentence', (type, event) => {
  const words = sentence(upcast(event) ?? event);
  expect(words).toMatch(/^[a-z][a-z ]+/);
  expect(words).not.toContain(type);
  expect(words).not.toMatch(/undefined|null\b.*null|NaN|\[object/);
});

test('they fold to the same project today', () => {
  const state = fold();
  const statuses = (entities: { values(): Iterable<{ readonly name: string; readonly status: string }> }) =>
    Object.fromEntries([...entities.values()].map(({ name, status }) => [name, status]));
  expect(state.project).toEqual({ id: 'shop-ios', name: 'Shop', description: 'The shop’s app 📱' });
  expect(state.keys.get('dark_mode')).toMatchObject({ type: 'NUMBER', defaultValue: 4, description: 'Which theme: 0 to 9', archived: false });
  expect([...state.segments.values()].map(({ name }) => name)).toEqual(['iPhone users in New York', 'iPhone users in Miami']);
  expect([...state.goals.values()].map(({ name, event }) => [name, event])).toEqual([
    ['Big sale', 'Purchase'],
    ['Signup', 'Signup'],
  ]);
  expect(statuses(state.flags)).toEqual({ 'New search': 'PAUSED' });
  expect(statuses(state.configs)).toEqual({ Look: 'ARCHIVED' });
  expect(statuses(state.experiments)).toEqual({ 'Short title': 'ROLLED_OUT', Theme: 'ARCHIVED' });
  expect(state.exclusivity).toBe(false);
  expect(state.head).toEqual(headOf(events[FIRST - 1] as Envelope));
});

test('version 1 reads as what it meant', () => {
  const state = fold();
  const usual = { measure: 'CONVERSION', property: null, cap: null, direction: 'HIGHER', windowDays: 7 };
  expect([...state.goals.values()]).toMatchObject([usual, usual]);
  const sequential = { method: 'SEQUENTIAL', alpha: 0.05, horizonDays: null, cuped: false };
  const experiments = [...state.experiments.values()];
  expect(experiments).toMatchObject([
    { sticky: true, analysis: sequential, started: { holdouts: [] } },
    { sticky: true, analysis: sequential, started: { holdouts: [] } },
  ]);
  const roles = experiments.map(({ goals }) => goals.map(({ role, margin }) => [role, margin]));
  expect(roles[0]?.[0]).toEqual(['PRIMARY', null]);
  expect(roles.flat().slice(1)).toEqual(roles.flat().slice(1).map(() => ['SECONDARY', null]));
});

test('version 2 folds to what it says', () => {
  const state = fold(events.length);
  expect([...state.goals.values()].slice(2)).toMatchObject([
    { name: 'Revenue', measure: 'SUM', property: 'amount', cap: 500, windowDays: 30 },
    { name: 'Crashes', measure: 'COUNT', direction: 'LOWER' },
    { name: 'Visits', measure: 'CONVERSION' },
  ]);
  expect([...state.experiments.values()].at(-1)).toMatchObject({
    name: 'Long title',
    exclusive: true,
    sticky: false,
    traffic: 2_000,
    analysis: { method: 'FIXED', horizonDays: 28, cuped: true },
    goals: [{ role: 'PRIMARY' }, { role: 'GUARDRAIL', margin: 150 }, { role: 'SECONDARY' }],
    started: { holdouts: [{ name: 'Winter', share: 250 }] },
    decisions: [{ decision: 'KEEP_CONTROL', revision: 75, at: events[75]?.occurredAt, basis: { revision: 72 } }],
  });
  expect([...state.baselineChanges.values()]).toEqual([[{ revision: 74, occurredAt: events[74]?.occurredAt }]]);
});

test('commands are decided on them today', () => {
  const decision = decideCommand(fold(), 'shop-ios', { type: 'ArchiveKey', name: 'title' }, { limits: DEFAULT_LIMITS, newId: 'x' });
  expect(isRefusal(decision) && decision).toMatchObject({ code: 'IN_USE', usages: [{ kind: 'experiment', name: 'Short title' }] });
});
