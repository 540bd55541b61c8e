import { Field, ID, InputType, ObjectType, registerEnumType } from 'type-graphql';
import { ROLLOUT_STATUSES, type RolloutStatus } from '../src/domain/lifecycle';
import type { NamedKind } from '../src/domain/naming';
import { PLURALS } from '../src/domain/project-state';
import { Entity } from './entity';
import { AcknowledgingInput } from './acknowledge';
import type { GlobalId } from './global-id';
import { CommandInput, ThingInput } from './perform';

/* What the types and inputs of several concepts have in common, but for a word. Each is to be extended. */

/** What has a name of its own. */
export function namedType(kind: NamedKind) {
  @ObjectType({ simpleResolvers: true })
  abstract class NamedThing extends Entity {
    @Field(() => String, { description: `Its name: unique among the ${PLURALS[kind]} that are not archived.` })
    name: string;

    @Field(() => String, { description: 'For people.' })
    description: string;
  }
  return NamedThing;
}

/** The statuses of what is published, paused and resumed. */
export function rolloutStatuses(kind: 'flag' | 'config', holds: string): Readonly<Record<RolloutStatus, RolloutStatus>> {
  const statuses = Object.fromEntries(ROLLOUT_STATUSES.map((status) => [status, status])) as Readonly<Record<RolloutStatus, RolloutStatus>>;
  registerEnumType(statuses, {
    name: kind === 'flag' ? 'FlagStatus' : 'ConfigStatus',
    description: `Where a ${kind} is in its life. Only LIVE is served.`,
    valuesConfig: {
      DRAFT: { description: 'Never published. It can be published.' },
      LIVE: { description: 'Served. It can be paused.' },
      PAUSED: { description: 'Published, but not served for now. It can be resumed.' },
      ARCHIVED: { description: `Put away: it holds neither its name nor ${holds}. Restored, it is DRAFT or PAUSED.` },
    },
  });
  return statuses;
}

/** What has a status. */
export function statusType<Status extends string>(kind: NamedKind, statuses: Readonly<Record<Status, Status>>) {
  @ObjectType({ simpleResolvers: true })
  abstract class ThingWithStatus extends namedType(kind) {
    @Field(() => statuses, { description: 'Where it is in its life.' })
    status: Status;

    @Field(() => statuses, { nullable: true, description: 'What it was before it was archived; null: it is not archived.' })
    archivedFrom: Status | null;
  }
  return ThingWithStatus;
}

/** How descriptions of inputs name the text of a kind. */
export interface TextWords {
  readonly name: string;
  readonly newName: string;
  readonly newDescription: string;
}

export const ITS_WORDS = (kind: NamedKind): TextWords => ({
  name: `Its name: 1 to 120 characters, unique among the ${PLURALS[kind]} that are not archived.`,
  newName: 'Its new name: 1 to 120 characters.',
  newDescription: 'Its new description: at most 2,000 characters.',
});

export const OTHER_WORDS = (kind: NamedKind): TextWords => {
  const name = `Its name: 1 to 120 characters. No other ${kind} that is not archived has it, whatever its case.`;
  return { name, newName: name, newDescription: 'The new description: at most 2,000 characters.' };
};

/** What creates one, changes one, and says which one. */
export function textInputs(kind: NamedKind, words: TextWords) {
  // Nothing that becomes of a goal or a holdout changes what is served without a test.
  const Edit: abstract new () => ThingInput = kind === 'goal' || kind === 'holdout' ? ThingInput : AcknowledgingInput;

  @InputType()
  abstract class NewInput extends CommandInput {
    @Field(() => String, { description: words.name })
    name: string;

    @Field(() => String, { nullable: true, description: 'For people: at most 2,000 characters.' })
    description?: string | null;
  }

  @InputType()
  abstract class OneInput extends Edit {
    @Field(() => ID, { description: `The ${kind}.` })
    id: GlobalId;
  }

  @InputType()
  abstract class ChangesInput extends OneInput {
    @Field(() => String, { nullable: true, description: words.newName })
    name?: string | null;

    @Field(() => String, { nullable: true, description: words.newDescription })
    description?: string | null;
  }
  return { NewInput, OneInput, ChangesInput };
}
