import { eventId, type EntityKind, type EntityRef, type Fact } from '../domain/event';
import { sha256 } from '../domain/json';
import { apply, decide, type SingleCommand } from '../domain/project';
import type { ProjectState } from '../domain/project-state';
import type { Refusal } from '../domain/refusal';
import { isRefusal, type DecisionContext } from '../domain/slice';

/** A command of a plan, and what it makes of the thing it is about, as a file would say it. `null`: not there, or archived. */
export interface Step {
  readonly command: SingleCommand['type'];
  readonly entity: EntityRef;
  readonly before: object | null;
  readonly after: object | null;
}

/** A command that would be refused, and so stops the whole. */
export interface Obstacle {
  readonly command: SingleCommand['type'];
  readonly entity: { readonly kind: EntityKind; readonly name: string };
  readonly refusal: Refusal;
}

/** How something of the state reads in a file; undefined: it is not there, or archived. */
export type Shown = (state: ProjectState) => object | undefined;

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

  /** Whether the plan is hopeless enough not to go on. */
  get stuck(): boolean {
    return this.obstacles.length >= OBSTACLES;
  }

  /** Carries one command out on the state so far. A command that changes nothing is no step. False: it would be refused. */
  carry(command: SingleCommand, about: { readonly kind: EntityKind; readonly name: string }, shown: Shown): boolean {
    if (this.stuck) return false;
    const decision = decide(this.state, this.projectId, command, { ...this.context, newId: this.nextId() });
    if (isRefusal(decision)) {
      this.refuse(command.type, about, decision);
      return false;
    }
    const [first] = decision;
    if (first === undefined) return true;
    const before = shown(this.state) ?? null;
    for (const fact of decision) {
      this.facts.push(fact);
      const { revision, occurredAt } = this.state.head;
      this.state = apply(this.state, { ...fact, revision: revision + this.facts.length, occurredAt });
    }
    this.steps.push({ command: command.type, entity: first.entity, before, after: shown(this.state) ?? null });
    return true;
  }

  /** What the file asks for cannot be done by any command. */
  refuse(command: SingleCommand['type'], entity: Obstacle['entity'], refusal: Refusal): void {
    this.obstacles.push({ command, entity, refusal });
  }

  /** Drawn from the one id that the whole command has, so that planning again gives the same facts. */
  private nextId(): string {
    return eventId(sha256(`${this.context.newId}/${(this.made += 1)}`));
  }
}
