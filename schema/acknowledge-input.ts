import { Field, ID, InputType } from 'type-graphql';
import type { Acknowledge } from '../src/domain/acknowledge';
import { identityIn, localIdOf, type GlobalId } from './global-id';

/* X6, X7: what a command does to running experiments that its sender must have seen. */

@InputType({ description: 'What you have seen that a command does to experiments. Without it such a command is refused.' })
export class AcknowledgeInput {
  @Field(() => Boolean, {
    nullable: true,
    description: 'That an experiment which starts, or takes more of its audience, can take no new user: see NoReach.',
  })
  noReach?: boolean | null;

  @Field(() => [ID], {
    nullable: true,
    description: 'The running experiments whose control gives something else from now on, each of them: see BaselineOfRunning.',
  })
  baselineOf?: GlobalId[] | null;
}

export const ACKNOWLEDGE =
  'What you have seen that it does to experiments: needed where it would be refused as NoReach or BaselineOfRunning.';

/** As a command has it: nothing that a client did not name. */
export function acknowledgeOf(input: object, projectId: string): { readonly acknowledge?: Acknowledge } {
  const { acknowledge } = input as { readonly acknowledge?: AcknowledgeInput | null };
  if (!acknowledge) return {};
  const noReach = acknowledge.noReach ?? undefined;
  const baselineOf = acknowledge.baselineOf?.map((id, index) => {
    const path = `acknowledge.baselineOf.${index}`;
    return localIdOf(identityIn(id, projectId, path), 'experiment', path);
  });
  return { acknowledge: { ...(noReach === undefined ? {} : { noReach }), ...(baselineOf === undefined ? {} : { baselineOf }) } };
}
