import { Field, InputType, ObjectType } from 'type-graphql';
import type { Json } from '../src/domain/json';
import { JsonScalar } from './scalars';

@ObjectType({ simpleResolvers: true, description: 'A value for one key.' })
export class KeyValue {
  @Field(() => String, { description: 'The key’s name.' })
  key: string;

  @Field(() => JsonScalar, { nullable: true, description: 'The value, of the key’s type. null only if the type is JSON.' })
  value: Json;
}

@InputType({ description: 'A value for one key.' })
export class KeyValueInput {
  @Field(() => String, { description: 'The key’s name.' })
  key: string;

  @Field(() => JsonScalar, {
    nullable: true,
    description: 'The value, of the key’s type. null is a value, and allowed if the type is JSON; it must not be left out.',
  })
  value: Json;
}
