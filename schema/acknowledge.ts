import { Field, InputType, ObjectType } from 'type-graphql';
import type { Needed } from '../src/domain/acknowledge';
import { Usage } from './entity';
import { Refusal } from './outcome';
import { ThingInput, ACKNOWLEDGE, AcknowledgeInput } from './perform';
import { shownUsage, type ShownUsage } from './shown-refusal';

@InputType()
export abstract class AcknowledgingInput extends ThingInput {
  @Field(() => AcknowledgeInput, { nullable: true, description: ACKNOWLEDGE })
  acknowledge?: AcknowledgeInput | null;
}

@ObjectType({
  implements: Refusal,
  simpleResolvers: true,
  description:
    'An experiment that starts, or takes more of its audience, could take no new user: the set-up alone proves it. It is refused unless `acknowledge.noReach` is true.',
})
export class NoReach extends Refusal {
  @Field(() => [Usage], { description: 'The running experiments that keep all users from it; none where its own traffic is 0 %.' })
  inTheWay: readonly ShownUsage[];
}

@ObjectType({
  implements: Refusal,
  simpleResolvers: true,
  description:
    'It would change what users get without the test, while experiments run that compare with it. It is refused unless `acknowledge.baselineOf` names each of them.',
})
export class BaselineOfRunning extends Refusal {
  @Field(() => [String], { description: 'The names of the keys that would give something else.' })
  keys: readonly string[];

  @Field(() => [Usage], { description: 'The experiments with these keys that run and are not acknowledged.' })
  experiments: readonly ShownUsage[];
}

@ObjectType({ simpleResolvers: true, description: 'What must be acknowledged, or the command is refused.' })
export class AcknowledgementsNeeded {
  @Field(() => [Usage], { description: 'The experiments that could take no new user: `noReach` must be true if there is any.' })
  noReach: readonly ShownUsage[];

  @Field(() => [Usage], { description: 'The running experiments that `baselineOf` must name.' })
  baselineOf: readonly ShownUsage[];
}

export function shownNeeded(projectId: string, { noReach, baselineOf }: Needed): AcknowledgementsNeeded {
  return { noReach: noReach.map((one) => shownUsage(projectId, one)), baselineOf: baselineOf.map((one) => shownUsage(projectId, one)) };
}
