import fc from 'fast-check';
import type { UserKey } from '../../src/domain/user-key';
import type { UserRecord } from '../../src/evaluation/user-record';
import type { UserStore } from '../../src/user-store/user-store';
import { assignment, event, record, START } from './users';

type Step = { readonly other: boolean } & (
  | { readonly do: 'properties'; readonly name: string; readonly value: number | string | null }
  | { readonly do: 'record'; readonly ids: readonly string[]; readonly counter: 'c' | 'd' }
  | { readonly do: 'fill'; readonly counter: 'c' | 'd'; readonly count: number }
  | { readonly do: 'assign'; readonly stale: boolean; readonly experiment: string }
  | { readonly do: 'override'; readonly experiment: string; readonly variant: string | null }
  | { readonly do: 'forget' }
);

interface Model {
  properties: Record<string, unknown>;
  ids: string[];
  filled: string[];
  counts: { c: number; d: number };
  assignments: string[];
  overrides: Record<string, string>;
  isThere: boolean;
}

const other = fc.boolean();
const experiment = fc.constantFrom('x1', 'x2', 'x3');
const counter = fc.constantFrom('c' as const, 'd' as const);
const value = fc.oneof(fc.constantFrom('a', 'b', null), fc.integer());
const step: fc.Arbitrary<Step> = fc.oneof(
  fc.record({ other, do: fc.constant('properties' as const), name: fc.constantFrom('p', 'q'), value }),
  fc.record({
    other,
    do: fc.constant('record' as const),
    ids: fc.array(fc.constantFrom('1', '2', '3', '4', '5'), { maxLength: 4 }),
    counter,
  }),
  fc.record({ other, do: fc.constant('fill' as const), counter, count: fc.integer({ min: 1, max: 9 }) }),
  fc.record({ other, do: fc.constant('assign' as const), stale: fc.boolean(), experiment }),
  fc.record({ other, do: fc.constant('override' as const), experiment, variant: fc.constantFrom('a', 'b', null) }),
  fc.record({ other, do: fc.constant('forget' as const) }),
);

const empty = (): Model => ({
  properties: {},
  ids: [],
  filled: [],
  counts: { c: 0, d: 0 },
  assignments: [],
  overrides: {},
  isThere: false,
});

/** Answers what the store must answer. */
function apply(model: Model, step: Step): unknown {
  const wasThere = model.isThere;
  model.isThere = step.do !== 'forget';
  switch (step.do) {
    case 'properties':
      if (step.value === null) delete model.properties[step.name];
      else model.properties[step.name] = step.value;
      return undefined;
    case 'record':
      if (step.ids.length === 0) model.isThere = wasThere;
      return step.ids.map((id) => {
        if (model.ids.includes(id)) return 'repeated';
        model.ids.push(id);
        model.counts[step.counter] += 1;
        return 'counted';
      });
    case 'fill':
      if (model.filled.includes(step.counter)) return 'repeated';
      model.filled.push(step.counter);
      model.counts[step.counter] += step.count;
      return 'filled';
    case 'assign':
      if (step.stale) model.isThere = wasThere;
      else if (!model.assignments.includes(step.experiment)) model.assignments.push(step.experiment);
      return !step.stale;
    case 'override':
      if (step.variant === null) delete model.overrides[step.experiment];
      else model.overrides[step.experiment] = step.variant;
      return undefined;
    case 'forget':
      Object.assign(model, empty());
      return wasThere;
  }
}

const cellAt = { c: 0, d: Math.floor(START / 3_600_000) };

async function play(store: UserStore, projectId: string, user: UserKey, step: Step): Promise<unknown> {
  switch (step.do) {
    case 'properties':
      return void (await store.setProperties(projectId, user, { [step.name]: step.value }));
    case 'record':
      return record(
        store,
        user,
        step.ids.map((id) => event(id, [step.counter])),
        projectId,
      );
    case 'fill': {
      const cells = [{ at: cellAt[step.counter], count: step.count }];
      const fill = async () => store.fill(projectId, user, step.counter, cells, await store.erasures(projectId));
      const filled = await fill();
      return filled === 'erased' ? fill() : filled;
    }
    case 'assign': {
      const { assignmentVersion } = await store.load(projectId, user);
      const expected = step.stale ? assignmentVersion + 1 : assignmentVersion;
      return (await store.assign(projectId, user, expected, [assignment(step.experiment)])).stored;
    }
    case 'override':
      return store.override(projectId, user, step.experiment, step.variant === null ? null : { variant: step.variant, until: START });
    case 'forget':
      return store.forget(projectId, user);
  }
}

const seen = ({ properties, assignments, overrides, counters }: UserRecord): object => ({
  properties: { ...properties },
  assignments: assignments.map((one) => one.experiment).sort(),
  overrides: Object.fromEntries(overrides.map((one) => [one.experiment, one.variant])),
  counts: (['c', 'd'] as const).map((id) => counters.get(id)!.cells.reduce((sum, { count }) => sum + count, 0)),
});

const seenOf = ({ properties, assignments, overrides, counts }: Model): object => ({
  properties,
  assignments: [...assignments].sort(),
  overrides,
  counts: [counts.c, counts.d],
});

/** One user as a handful of lists: what a store is compared with. */
export const plainUserModel = { steps: fc.array(step, { maxLength: 15 }), empty, apply, play, seen, seenOf };
