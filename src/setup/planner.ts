import { neededBy, type Needed } from '../domain/acknowledge';
import { holderOf, type NamedKind } from '../domain/naming';
import { entitiesOf, entityKey, type EntityOf, type ProjectState } from '../domain/project-state';
import { eventId, type Actor, type EntityKind, type EntityRef, type Fact } from '../domain/event';
import { sha256, type JsonObject } from '../domain/json';
import { inPercent } from '../domain/percent';
import { apply, CONCEPTS, decide, sentence, sentenceParts, type RefusalTo, type SingleCommand } from '../domain/decider';
import { isRefusal, type DecisionContext } from '../domain/concept';
import type { TextPart } from '../domain/text-part';
import { conflictOf, type Conflict } from './conflict';
import type { ListedKind } from './export';
import { sectionOf } from './sections';

/** The actor of what a plan itself would change: no event says yet who it is. */
const NO_ACTOR: Actor = { id: '', kind: 'service' };

/** A command of a plan, and what it makes of the thing it is about, as a file would say it. `null`: not there, or archived. */
export interface Step {
  readonly command: SingleCommand['type'];
  readonly entity: EntityRef;
  /** What it does, in words. */
  readonly sentence: string;
  /** The same, in parts that can be linked. */
  readonly parts: readonly TextPart[];
  readonly before: object | null;
  readonly after: object | null;
}

/** What a step or an obstacle is about. */
export interface About {
  readonly kind: EntityKind;
  readonly name: string;
}

/** A command that would be refused, and so stops the whole. */
export interface Obstacle {
  readonly command: SingleCommand['type'];
  readonly entity: About;
  readonly refusal: RefusalTo<SingleCommand>;
  readonly conflict: Conflict;
}

/** Beyond so many, the rest follows from the first more often than not. */
const OBSTACLES = 50;

/**
 * Decides commands one on top of the other without writing anything: the facts together bring the project where the commands wanted it,
 * and are appended as one, or not at all.
 */
export class Planner {
  readonly facts: Fact[] = [];
  readonly steps: Step[] = [];
  readonly obstacles: Obstacle[] = [];
  private made = 0;

  constructor(
    public state: ProjectState,
    private readonly projectId: string,
    private readonly context: DecisionContext,
  ) {}

  /** Carries one command out on the state so far. A command that changes nothing is no step. False: it would be refused. */
  carry(command: SingleCommand, about: About): boolean {
    // Every command that is tried costs a decision, also if there is no room to list it.
    if (this.stuck) return false;
    const decision = decide(this.state, this.projectId, command, { ...this.context, newId: this.nextId() });
    if (isRefusal(decision)) {
      this.refuse(command.type, about, decision, conflictOf(this.state, command, decision));
      return false;
    }
    const [first] = decision;
    if (first === undefined) return true;
    const before = this.shown(first.entity);
    for (const fact of decision) this.take(fact);
    const words = decision.map(sentence).join('; ');
    this.steps.push({
      command: command.type,
      entity: first.entity,
      sentence: words,
      parts: partsOf(decision),
      before,
      after: this.shown(first.entity),
    });
    return true;
  }

  /** Whether the command would be carried out on the state so far. */
  allows(command: SingleCommand): boolean {
    return !isRefusal(decide(this.state, this.projectId, command, { ...this.context, newId: this.context.newId }));
  }

  /** What the file asks for cannot be done by any command. */
  refuse(command: SingleCommand['type'], entity: About, refusal: RefusalTo<SingleCommand>, conflict: Conflict): void {
    if (!this.stuck) this.obstacles.push({ command, entity, refusal, conflict: conflictInPercent(entity.kind, conflict) });
  }

  /** Archives a thing that is there. */
  archive(kind: ListedKind, id: string): boolean {
    const name = entitiesOf(this.state, kind).get(id)?.name ?? id;
    return this.carry(CONCEPTS[kind].archive({ id }), { kind, name });
  }

  /** As a file says it: shares in percent. */
  private shown(entity: EntityRef): object | null {
    const fields = sectionOf(this.state, entity);
    return fields === undefined ? null : inPercent(entity.kind, fields as JsonObject);
  }

  get needed(): Needed {
    return neededBy(this.state, this.facts);
  }

  private get stuck(): boolean {
    return this.obstacles.length >= OBSTACLES;
  }

  /** Gives the fact the revision and version that it will have in the ledger, since what starts records those of others. */
  private take(fact: Fact): void {
    this.facts.push(fact);
    const { revision: head, occurredAt } = this.state.head;
    const revision = head + this.facts.length;
    const next = apply(this.state, { ...fact, revision, occurredAt });
    const key = entityKey(fact.entity.kind, fact.entity.id);
    const { version, actor, at } = this.state.versions.get(key) ?? { version: 0, actor: NO_ACTOR, at: occurredAt };
    this.state = { ...next, versions: next.versions.set(key, { version: version + 1, actor, at, revision }) };
  }

  /** Derived from the one id that the whole command has, so that planning again gives the same facts. */
  private nextId(): string {
    return eventId(sha256(`${this.context.newId}/${(this.made += 1)}`));
  }
}

function conflictInPercent(kind: EntityKind, { before, after, wayOut }: Conflict): Conflict {
  return { before: inPercent(kind, before), after: inPercent(kind, after), wayOut };
}

/** The one of the kind that has the name and is not archived. */
export function held<Kind extends NamedKind>(state: ProjectState, kind: Kind, name: string): EntityOf<Kind> | undefined {
  const id = holderOf(state, kind, name);
  return id === undefined ? undefined : entitiesOf(state, kind).get(id);
}

function partsOf(facts: readonly Fact[]): readonly TextPart[] {
  return facts.flatMap((fact, at) => [...(at === 0 ? [] : [{ kind: 'TEXT', text: '; ' } as const]), ...sentenceParts(fact)]);
}
