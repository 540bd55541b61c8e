import type { Fact } from './event';
import { apply, decide, type RefusalTo, type SingleCommand } from './decider';
import type { ProjectState } from './project-state';
import type { Refusal } from './refusal';
import { isRefusal, type DecisionContext } from './concept';

/** What became of several commands: the facts of those that may be, and of the others why not. */
export interface InTurn<Item, No extends Refusal> {
  readonly facts: readonly Fact[];
  readonly refusals: readonly { readonly item: Item; readonly refusal: No }[];
}

/** Decides commands one on top of the other: each on what those before it have made of the state. One that is refused leaves it as it is. */
export function decideInTurn<Item, C extends SingleCommand>(
  state: ProjectState,
  projectId: string,
  items: readonly Item[],
  commandOf: (item: Item) => C,
  context: DecisionContext,
): InTurn<Item, RefusalTo<C>> {
  const facts: Fact[] = [];
  const refusals: { readonly item: Item; readonly refusal: RefusalTo<C> }[] = [];
  let current = state;
  for (const item of items) {
    const decision = decide(current, projectId, commandOf(item), context);
    if (isRefusal(decision)) refusals.push({ item, refusal: decision });
    else {
      for (const fact of decision) {
        facts.push(fact);
        current = apply(current, { ...fact, revision: state.head.revision + facts.length, occurredAt: state.head.occurredAt });
      }
    }
  }
  return { facts, refusals };
}
