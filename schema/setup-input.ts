import { Field, ID, InputType } from 'type-graphql';
import type { Cursor } from '../src/domain/cursor';
import type { Json } from '../src/domain/json';
import { CommandInput, ACKNOWLEDGE, AcknowledgeInput } from './perform';
import { CursorScalar, JsonScalar } from './scalars';

const SETUP = 'What a set-up file says, as JSON: `schema/setup.schema.json` describes it. A list that is left out is left alone.';
const PRUNE = 'Archive what the file does not name, of the kinds that it lists. Stopped experiments are results, and stay.';

@InputType({ description: 'Where a project is to be brought.' })
export class PlanSetupInput {
  @Field(() => ID, { description: 'The project.' })
  projectId: string;

  @Field(() => JsonScalar, { description: SETUP })
  setup: Json;

  @Field(() => Boolean, { defaultValue: false, description: PRUNE })
  prune: boolean;
}

@InputType({ description: 'Where a project is to be brought, all at once.' })
export class ApplySetupInput extends CommandInput {
  @Field(() => AcknowledgeInput, { nullable: true, description: ACKNOWLEDGE })
  acknowledge?: AcknowledgeInput | null;

  @Field(() => JsonScalar, { description: SETUP })
  setup: Json;

  @Field(() => Boolean, { defaultValue: false, description: PRUNE })
  prune: boolean;

  @Field(() => CursorScalar, {
    nullable: true,
    description:
      'The cursor of the plan that was seen. If anything has moved since that a step of the plan is about, or names (the key of a flag, the segments of its rows), the command is refused as Stale.',
  })
  plannedAt?: Cursor | null;
}
