import { cannotReturn } from './choice';
import type { Fact } from './event';
import { NamedEntities, type Decider, type Guard, type OnEntity } from './named-entity';
import type { ProjectState } from './project-state';
import { illegalState, type Refusal } from './refusal';
import type { Happened } from './slice';
import { nothingToCheck, onExisting } from './targeting';
import type { Use } from './usage';
import { entityText } from './text-part';

/** E4, for flags and configs. */
export const ROLLOUT_STATUSES = ['DRAFT', 'LIVE', 'PAUSED', 'ARCHIVED'] as const;
export type RolloutStatus = (typeof ROLLOUT_STATUSES)[number];

const MOVES = {
  publish: { from: 'DRAFT', to: 'LIVE', instead: 'Resume it instead.' },
  pause: { from: 'LIVE', to: 'PAUSED', instead: 'Publish it first.' },
  resume: { from: 'PAUSED', to: 'LIVE', instead: 'Publish it instead.' },
} as const;
type Move = keyof typeof MOVES;

/** Whether the move may be made: `true`, or `false` where it is there already (A3), or the reason why not. */
function mayMove(kind: 'flag' | 'config', { name, status }: Rollout, move: Move): boolean | Refusal {
  const { from, to, instead } = MOVES[move];
  if (status === to) return false;
  if (status === from) return true;
  const advice = status === 'ARCHIVED' ? 'Restore it first.' : instead;
  return illegalState(`The ${kind} "${name}" is ${status.toLowerCase()}, so you cannot ${move} it. ${advice}`);
}

/** What an archived flag or config comes back as: never as live, since no one has looked at it (E4). */
function restoredStatus(before: RolloutStatus): 'DRAFT' | 'PAUSED' {
  return before === 'DRAFT' ? 'DRAFT' : 'PAUSED';
}

interface Rollout {
  readonly id: string;
  readonly name: string;
  readonly description: string;
  readonly status: RolloutStatus;
  /** What it was before it was archived. */
  readonly archivedFrom: RolloutStatus | null;
}

/** A concept whose things are published, paused and resumed: what flags and configs share. */
export class Rollouts<E extends Rollout> extends NamedEntities<E> {
  constructor(override readonly kind: 'flag' | 'config') {
    super(kind, ({ status }) => status === 'ARCHIVED');
  }

  /** The state after an event that says nothing but that it moved. */
  readonly moved =
    (status: RolloutStatus) =>
    (state: ProjectState, { entity }: Fact): ProjectState =>
      this.changed(state, entity, { status } as Partial<E>);

  readonly archivedFromStatus = (state: ProjectState, event: Happened<Fact<string, { readonly from: RolloutStatus }>>): ProjectState =>
    this.archived(state, event, { status: 'ARCHIVED', archivedFrom: event.data.from } as Partial<E>);

  readonly restoredToStatus = (state: ProjectState, event: Happened<Fact<string, { readonly to: RolloutStatus }>>): ProjectState =>
    this.restored(state, event, { status: event.data.to, archivedFrom: null } as Partial<E>);

  moving(move: Move, type: string): Decider<OnEntity> {
    return onExisting(this.target, nothingToCheck, (_state, was) => {
      const may = mayMove(this.kind, was, move);
      return typeof may === 'object' ? may : may ? [{ type, entity: this.ref(was), data: {} }] : [];
    });
  }

  /** Live or not, since nothing depends on it. */
  override archiving(type: string): Decider<OnEntity> {
    return onExisting(this.target, nothingToCheck, (_state, was) =>
      this.isArchived(was) ? [] : [{ type, entity: this.ref(was), data: { from: was.status } }],
    );
  }

  /** `uses`: what must be there still; `guard`: what else could refuse it. */
  returning(type: string, uses: (was: E) => readonly Use[], guard: Guard<E>): Decider<OnEntity> {
    const fact = (was: E) => ({ type, entity: this.ref(was), data: { to: restoredStatus(was.archivedFrom ?? 'DRAFT') } });
    return this.restoring(fact, (state, was) => cannotReturn(state, this.ref(was), uses(was)) ?? guard(state, was));
  }

  readonly rolloutWords = {
    published: ({ entity }: Fact) => `published ${this.kind} ${entityText(entity)}`,
    paused: ({ entity }: Fact) => `paused ${this.kind} ${entityText(entity)}`,
    resumed: ({ entity }: Fact) => `resumed ${this.kind} ${entityText(entity)}`,
    restored: ({ entity, data }: Fact<string, { readonly to: RolloutStatus }>) =>
      `restored ${this.kind} ${entityText(entity)} as ${data.to.toLowerCase()}`,
  };
}
