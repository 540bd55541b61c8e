import { type Concept, type Evolve, movedBetween } from './concept';
import type { EntityRef, Fact } from './event';
import { onExisting, nothingToCheck, type Edit } from './targeting';

/* events */

export type ExclusivityEvent = Fact<'ExclusivityEnabled', Record<string, never>> | Fact<'ExclusivityDisabled', Record<string, never>>;

/* state: one boolean of the project, off at first (X1) */

/* evolve */

const evolve: Evolve<ExclusivityEvent> = {
  ExclusivityEnabled: (state) => ({ ...state, exclusivity: true }),
  ExclusivityDisabled: (state) => ({ ...state, exclusivity: false }),
};

/* commands */

export type ExclusivityCommand = ({ readonly type: 'EnableExclusivity' } & Edit) | ({ readonly type: 'DisableExclusivity' } & Edit);

/* decide */

/** There is one per project, so its id need not tell it from another. */
export const EXCLUSIVITY: EntityRef = { kind: 'exclusivity', id: 'exclusivity', name: 'Mutually exclusive A/B tests' };

const target = {
  kind: EXCLUSIVITY.kind,
  id: () => EXCLUSIVITY.id,
  find: (state: { readonly exclusivity: boolean }) => ({ on: state.exclusivity }),
};

export const exclusivity = {
  kind: 'exclusivity',
  right: 'write set-up',
  schemaVersions: { ExclusivityEnabled: 1, ExclusivityDisabled: 1 },
  evolve,
  decide: {
    EnableExclusivity: onExisting(target, nothingToCheck, (_state, { on }) =>
      on ? [] : [{ type: 'ExclusivityEnabled', entity: EXCLUSIVITY, data: {} }],
    ),
    DisableExclusivity: onExisting(target, nothingToCheck, (_state, { on }) =>
      on ? [{ type: 'ExclusivityDisabled', entity: EXCLUSIVITY, data: {} }] : [],
    ),
  },
  sentence: {
    ExclusivityEnabled: () => 'turned mutually exclusive A/B tests on',
    ExclusivityDisabled: () => 'turned mutually exclusive A/B tests off',
  },
  changed: {
    ExclusivityEnabled: movedBetween('enabled', false, true),
    ExclusivityDisabled: movedBetween('enabled', true, false),
  },
  revert: ({ exclusivity: now }, id, { enabled }: { readonly enabled: boolean }) => {
    if (id !== EXCLUSIVITY.id) return undefined;
    return enabled === now ? [] : [{ path: 'enabled', command: { type: enabled ? 'EnableExclusivity' : 'DisableExclusivity' } }];
  },
} as const satisfies Concept<'exclusivity', ExclusivityEvent, ExclusivityCommand>;
