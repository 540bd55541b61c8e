import type { ProjectState } from '../../src/domain/project-state';
import type { Rule } from '../../src/domain/rule';
import { HOUR_MS } from '../../src/evaluation/counter';
import { compileRuleset, type Ruleset } from '../../src/evaluation/ruleset';
import { EMPTY_RECORD, type UserRecord } from '../../src/evaluation/user-record';
import { Ledger } from '../../test/fixtures/ledger';
import { createExperiment, createFlag, createKey, createSegment, variantsFor } from '../../test/fixtures/shop';

export const HOUR = Math.floor(Date.UTC(2026, 2, 5, 17) / HOUR_MS);
export const COUNTRIES = ['US', 'CA', 'MX'];

/** An evaluation context as an app sends it, in the words of OpenFeature; the user is in every audience below. */
export interface Context {
  readonly [name: string]: string | number;
  readonly targetingKey: string;
}

/** Parsed from JSON, as a request is, with ids that are UUIDs. */
export const CONTEXTS: readonly Context[] = Array.from({ length: 1_000 }, (_, number) => {
  const targetingKey = `3f2b0001-9c1e-4b57-8d6e-${number.toString(16).padStart(12, '0')}`;
  const context = { targetingKey, country: COUNTRIES[number % 3]!, plan: 'pro', age: 20 + (number % 50), city: 'Boston', visits: number };
  return JSON.parse(JSON.stringify(context)) as Context;
});

/** Three conditions, which all users meet; another rule for each number, as in projects whose flags have audiences of their own. */
const rule = (number: number): Rule => ({
  all: [
    { property: { name: 'country', operator: 'IN', values: COUNTRIES } },
    { property: { name: 'plan', operator: 'EQUALS', value: 'pro' } },
    { property: { name: 'age', operator: 'AT_LEAST', value: 18 - number / 100 } },
  ],
});

export const keyName = (number: number): string => `checkout.feature-${number}`;

/** So many keys, each with a live flag for half of one segment's users. */
export function project(keys: number) {
  const ledger = Ledger.started();
  let flag = '';
  let row = { segment: '', percentage: 5_000, value: true };
  for (let number = 0; number < keys; number += 1) {
    createKey(ledger, keyName(number), 'BOOLEAN', false);
    row = { ...row, segment: createSegment(ledger, `Segment ${number}`, rule(number)) };
    flag = createFlag(ledger, `Flag ${number}`, keyName(number), { rows: [row] });
    ledger.accept({ type: 'PublishFlag', id: flag });
  }
  return { ledger, flag, row };
}

export function flags(keys: number): Ruleset {
  const { ledger } = project(keys);
  return compileRuleset(ledger.state, ledger.state.head.revision);
}

/** The same state as another instance would have it: nothing that was found out about its objects is known of these. */
export function withNewObjects(state: ProjectState): ProjectState {
  const segments = state.segments.map((segment) => ({ ...segment, rule: structuredClone(segment.rule) }));
  return { ...state, segments, flags: state.flags.map((flag) => ({ ...flag })), keys: state.keys.map((key) => ({ ...key })) };
}

/** 10 running experiments of 1,000 that have ever started, and a user who was in all that ended. */
export function experiments(): { readonly ruleset: Ruleset; readonly record: UserRecord } {
  const ledger = Ledger.started({ experiments: 2_000 });
  const segment = createSegment(ledger, 'Segment', rule(0));
  const ended: string[] = [];
  for (let number = 0; number < 10; number += 1) createKey(ledger, keyName(number), 'BOOLEAN', false);
  for (let number = 0; number < 1_000; number += 1) {
    const key = keyName(number % 10);
    const design = { audience: segment, traffic: 9_000, variants: variantsFor([key], true) };
    const id = createExperiment(ledger, `Experiment ${number}`, [key], design);
    ledger.accept({ type: 'StartExperiment', id });
    if (number >= 990) continue;
    ledger.accept({ type: 'StopExperiment', id });
    ended.push(id);
  }
  const assignments = ended.map((experiment, revision) => ({ experiment, variant: 'v1', assignedAt: 0, revision }));
  return { ruleset: compileRuleset(ledger.state, ledger.state.head.revision), record: { ...EMPTY_RECORD, assignments } };
}
