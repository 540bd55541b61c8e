import { Field, InputType } from 'type-graphql';
import type { Json } from '../src/domain/json';
import { InvalidContext, requestContext, type RequestContext } from '../src/serving/context';
import { RequestError } from './error';
import { JsonScalar } from './scalars';

@InputType({ description: 'For whom values are asked.' })
export class EvaluatedUserInput {
  @Field(() => String, {
    nullable: true,
    description: 'The user id that the app sends. Without one no sample, behaviour or experiment takes the user.',
  })
  id?: string | null;

  @Field(() => JsonScalar, {
    nullable: true,
    description: 'Properties of the user, by name; they come before stored ones. An object is its members with their names joined by dots.',
  })
  properties?: Json | null;
}

/** The user as evaluation takes one. Throws `BAD_REQUEST`. */
export function contextOf({ id, properties }: EvaluatedUserInput): RequestContext {
  if (properties !== null && properties !== undefined && (typeof properties !== 'object' || Array.isArray(properties))) {
    throw new RequestError('BAD_REQUEST', '`user.properties` must be an object: names with values.');
  }
  try {
    return requestContext({ ...properties, targetingKey: id ?? null });
  } catch (error) {
    if (error instanceof InvalidContext) throw new RequestError('BAD_REQUEST', `\`user\`: ${error.message}.`, error);
    throw error;
  }
}
