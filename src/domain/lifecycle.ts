import { cannotReturn } from './choice';
import { type Archiving, type Happened, archivedFromStatus, changed, movedBetween, restoredToStatus } from './concept';
import type { EntityRef, Fact } from './event';
import { NamedEntities, type Decider, type Guard, type OnEntity } from './named-entity';
import type { ProjectState } from './project-state';
import { illegalState, type Refusal, type RefusalOf } from './refusal';
import { idsGiven } from './row';
import { nothingToCheck, onExisting, type OnExisting } from './targeting';
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
function mayMove(kind: 'flag' | 'config', { name, status }: Rollout, move: Move): boolean | RefusalOf<'ILLEGAL_STATE'> {
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
  readonly rows: readonly { readonly id: string }[];
  readonly rowIdsGiven: number;
  readonly status: RolloutStatus;
  /** What it was before it was archived. */
  readonly archivedFrom: RolloutStatus | null;
}

/** The types of the events and commands that flags and configs have in common, as the concept writes them out. */
type CommonTypes = Readonly<
  Record<'renamed' | 'described' | 'published' | 'paused' | 'resumed' | 'archived' | 'restored' | Move | 'archive' | 'restore', string>
>;

/** What an event of its creation says: all that is not the same of each new one. */
type Draft<E extends Rollout> = Omit<E, 'id' | 'name' | 'rowIdsGiven' | 'status' | 'archivedFrom'>;

/** Members by the types that a concept gives them. */
type ByType<Types, Members> = { readonly [Name in keyof Types & keyof Members as Types[Name] & string]: Members[Name] };

function byType<Types extends object, Members extends object>(types: Types, members: Members): ByType<Types, Members> {
  const named = Object.entries(types).filter(([name]) => name in members);
  return Object.fromEntries(named.map(([name, type]: [string, string]) => [type, members[name as keyof Members]])) as ByType<
    Types,
    Members
  >;
}

/** A concept whose things are published, paused and resumed: what flags and configs share. */
export class Rollouts<E extends Rollout> extends NamedEntities<E> {
  constructor(override readonly kind: 'flag' | 'config') {
    super(kind, ({ status }) => status === 'ARCHIVED');
  }

  /**
   * All that does not depend on what its rows hold, by the types that the concept writes out. `uses`: what must be there still where one is
   * restored; `guard`: what else could refuse that.
   */
  common<const Types extends CommonTypes, No extends Refusal>(types: Types, uses: (was: E) => readonly Use[], guard: Guard<E, No>) {
    return {
      schemaVersions: byType(types, { renamed: 1, described: 1, published: 1, paused: 1, resumed: 1, archived: 1, restored: 1 }),
      evolve: byType(types, {
        renamed: this.renamed,
        described: this.described,
        published: this.moved('LIVE'),
        paused: this.moved('PAUSED'),
        resumed: this.moved('LIVE'),
        archived: this.archivedFromStatus,
        restored: this.restoredToStatus,
      }),
      decide: byType(types, {
        publish: this.moving('publish', types.published),
        pause: this.moving('pause', types.paused),
        resume: this.moving('resume', types.resumed),
        archive: this.archivingAnyway(types.archived),
        restore: this.returning(types.restored, uses, guard),
      }),
      sentence: byType(types, { ...this.words, ...this.rolloutWords }),
      changed: byType(types, {
        renamed: changed('name'),
        described: changed('description'),
        published: movedBetween('status', 'DRAFT', 'LIVE'),
        paused: movedBetween('status', 'LIVE', 'PAUSED'),
        resumed: movedBetween('status', 'PAUSED', 'LIVE'),
        archived: archivedFromStatus,
        restored: restoredToStatus,
      }),
      archive: (item: Archiving) => ({ type: types.archive as Types['archive'], ...item }),
    };
  }

  /* evolve */

  /** It begins as a draft, with all that its event says. */
  readonly drafted = (
    state: ProjectState,
    { entity: { id, name }, data }: { readonly entity: EntityRef; readonly data: Draft<E> },
  ): ProjectState =>
    this.added(state, { id, name, ...data, rowIdsGiven: idsGiven(data.rows), status: 'DRAFT', archivedFrom: null } as unknown as E);

  private readonly moved =
    (status: RolloutStatus) =>
    (state: ProjectState, { entity }: Fact): ProjectState =>
      this.changed(state, entity, { status } as Partial<E>);

  private readonly archivedFromStatus = (
    state: ProjectState,
    event: Happened<Fact<string, { readonly from: RolloutStatus }>>,
  ): ProjectState => this.archived(state, event, { status: 'ARCHIVED', archivedFrom: event.data.from } as Partial<E>);

  private readonly restoredToStatus = (state: ProjectState, event: Happened<Fact<string, { readonly to: RolloutStatus }>>): ProjectState =>
    this.restored(state, event, { status: event.data.to, archivedFrom: null } as Partial<E>);

  /* decide */

  private moving(move: Move, type: string): Decider<OnEntity, RefusalOf<OnExisting | 'ILLEGAL_STATE'>> {
    return onExisting(this.target, nothingToCheck, (_state, was) => {
      const may = mayMove(this.kind, was, move);
      return typeof may === 'object' ? may : may ? [{ type, entity: this.ref(was), data: {} }] : [];
    });
  }

  /** Live or not, since nothing depends on it. */
  private archivingAnyway(type: string): Decider<OnEntity, RefusalOf<OnExisting>> {
    return onExisting(this.target, nothingToCheck, (_state, was) =>
      this.isArchived(was) ? [] : [{ type, entity: this.ref(was), data: { from: was.status } }],
    );
  }

  private returning<No extends Refusal>(type: string, uses: (was: E) => readonly Use[], guard: Guard<E, No>) {
    const fact = (was: E) => ({ type, entity: this.ref(was), data: { to: restoredStatus(was.archivedFrom ?? 'DRAFT') } });
    return this.restoring<No | RefusalOf<'ILLEGAL_STATE'>>(
      fact,
      (state, was) => cannotReturn(state, this.ref(was), uses(was)) ?? guard(state, was),
    );
  }

  /* sentence */

  private readonly rolloutWords = {
    published: ({ entity }: Fact) => `published ${this.kind} ${entityText(entity)}`,
    paused: ({ entity }: Fact) => `paused ${this.kind} ${entityText(entity)}`,
    resumed: ({ entity }: Fact) => `resumed ${this.kind} ${entityText(entity)}`,
    restored: ({ entity, data }: Fact<string, { readonly to: RolloutStatus }>) =>
      `restored ${this.kind} ${entityText(entity)} as ${data.to.toLowerCase()}`,
  };
}
