import { Ctx, Field, ObjectType, Query, registerEnumType, Resolver } from 'type-graphql';
import type { Context } from './context';
import { DateTimeScalar } from './scalars';

export const SignInEnum = { LOCAL: 'local', JWKS: 'jwks' } as const;
export type SignIn = (typeof SignInEnum)[keyof typeof SignInEnum];
registerEnumType(SignInEnum, {
  name: 'SignIn',
  description: 'Where the tokens come from that a server accepts.',
  valuesConfig: {
    LOCAL: { description: 'Signed with the secret of this server: `experience-ledger token` makes them.' },
    JWKS: { description: 'Signed by an identity provider, whose public keys the server reads.' },
  },
});

@ObjectType({ simpleResolvers: true, description: 'The instance that answers.' })
export class Server {
  @Field(() => String, { description: 'The version of Experience Ledger that it runs.' })
  version: string;

  @Field(() => DateTimeScalar, { description: 'When it was started.' })
  startedAt: number;

  @Field(() => SignInEnum, { description: 'Where its tokens come from.' })
  signIn: SignIn;
}

@Resolver()
export class ServerResolver {
  @Query(() => Server, { description: 'The instance that answers. Behind a balancer the next answer may be of another one.' })
  server(@Ctx() { server }: Context): Server {
    return server;
  }
}
