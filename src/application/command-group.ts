import { StoreUnavailable } from '../event-store/event-store';
import type { Envelope } from '../domain/event';
import type { Folded, ProjectState } from '../domain/project-state';
import { inSlices } from '../concurrency/in-slices';
import type { Outcome } from './execute';
import { isLong, handleCommand, handlingCommand, type PreparedCommand, type HandlerOptions, type CommandDecision } from './handle-command';

/** The most commands of one append, which limits how long the first of them waits. */
export const GROUP_LIMIT = 256;

/** Who waits for the outcome of a command. */
export interface Caller {
  readonly resolve: (outcome: Outcome) => void;
  readonly reject: (error: unknown) => void;
}

/** Commands decided one after another for one append. They take effect only when the store has appended the events. */
export class CommandGroup {
  private readonly decisions: CommandDecision[] = [];
  private bytes = 0;
  private isFull = false;

  constructor(
    private readonly base: ProjectState,
    private readonly options: HandlerOptions,
  ) {}

  /** How many commands it holds. */
  get size(): number {
    return this.decisions.length;
  }

  /** The state after its events. */
  get state(): ProjectState {
    return this.decisions.at(-1)?.state ?? this.base;
  }

  get expectedRevision(): number {
    return this.base.head.revision;
  }

  get events(): readonly Envelope[] {
    return this.decisions.flatMap((decision) => decision.events);
  }

  /** What its commands with one event led to: of one with several, the states between its events are not kept. */
  get folded(): readonly Folded[] {
    return this.decisions.flatMap(({ events, state }) => (events.length === 1 ? [{ event: events[0] as Envelope, state }] : []));
  }

  /** Answers the caller of a command. */
  answer(index: number, { resolve, reject }: Caller): void {
    const { result } = this.decisions[index] as CommandDecision;
    if (result.kind === 'failed') reject(result.error);
    else resolve(result);
  }

  /**
   * Decides the command after those before it. False, without any change: the group is full, the append would be too large with it, or
   * deciding it takes long and needs `addInSlices`.
   */
  add(prepared: PreparedCommand): boolean {
    if (this.isFull || this.size === GROUP_LIMIT || isLong(prepared)) return false;
    return this.take(handleCommand(this.state, prepared, this.options));
  }

  /** The same for any command; other work runs between the slices, but must not add to this group. */
  async addInSlices(prepared: PreparedCommand): Promise<boolean> {
    if (!isLong(prepared)) return this.add(prepared);
    if (this.isFull || this.size === GROUP_LIMIT) return false;
    return this.take(await inSlices(handlingCommand(this.state, prepared, this.options)));
  }

  private take(decision: CommandDecision): boolean {
    this.isFull = this.bytes + decision.bytes > this.options.appendLimitBytes;
    if (this.isFull) return false;
    this.bytes += decision.bytes;
    this.decisions.push(decision);
    return true;
  }
}

/** Why a group was decided anew: others wrote first; the store refused it and shows nothing newer; its reads are behind; it takes fewer bytes in one append. */
export type Obstacle = 'moved' | 'refused' | 'behind' | 'too large';

const WORDS: Readonly<Record<Obstacle, (projectId: string) => string>> = {
  moved: (projectId) => `project ${projectId} is being written too fast elsewhere`,
  refused: (projectId) => `the event store refuses appends to project ${projectId} as out of date, and shows nothing newer in it`,
  behind: (projectId) => `the node of the event store that answers reads does not show what others hold of project ${projectId}`,
  'too large': (projectId) => `the event store names ever smaller limits for appends to project ${projectId}`,
};

/** A command is given up after so many attempts; the message says what is known to have been in the way of each. */
export function givenUp(projectId: string, obstacles: readonly Obstacle[]): StoreUnavailable {
  const met = [...new Set(obstacles)].map((obstacle) => WORDS[obstacle](projectId));
  return new StoreUnavailable(`${met.join(', and ')}: nothing was written, try again`);
}
