import { Arg, Ctx, Field, ID, Int, ObjectType, Query, Resolver } from 'type-graphql';
import { NeverStill } from '../src/audit/digest';
import { TooManyWaiting } from '../src/concurrency/limiter';
import { cursorOf, type Cursor } from '../src/domain/cursor';
import type { Context } from './context';
import { RequestError } from './error';
import { CursorScalar } from './scalars';

@ObjectType({ simpleResolvers: true, description: 'What one part of a read model comes to.' })
export class DigestPart {
  @Field(() => String, { description: 'Which part: a collection of documents, or `log`, by which the history is searched.' })
  name: string;

  @Field(() => Int, { description: 'How many documents, or events, it holds.' })
  count: number;

  @Field(() => String, { description: 'SHA-256 of all of it, in hexadecimal.' })
  digest: string;
}

@ObjectType({
  simpleResolvers: true,
  description:
    'What the read model of a project comes to: the same events give the same digests. `experience-ledger replay --compare` makes them anew from the history, and compares.',
})
export class ReadModelDigest {
  @Field(() => CursorScalar, { description: 'The place of the history that it reflects.' })
  cursor: Cursor;

  @Field(() => [DigestPart], { description: 'Its parts.' })
  parts: readonly DigestPart[];
}

/** It reads all of a project several times over: as much as half a dozen looks into the past. */
const COST = 6_000;

@Resolver()
export class ReadModelDigestResolver {
  @Query(() => ReadModelDigest, {
    nullable: true,
    complexity: COST,
    description: 'Digests over everything that the read model of a project says.',
  })
  async readModelDigest(
    @Arg('projectId', () => ID, { description: 'The project.' }) projectId: string,
    @Ctx() context: Context,
  ): Promise<ReadModelDigest | null> {
    try {
      const digest = await context.digest(projectId);
      if (digest === undefined) return null;
      const { checkpoint, parts } = digest;
      return { cursor: cursorOf({ projectId, ...checkpoint }), parts };
    } catch (error) {
      if (error instanceof TooManyWaiting) {
        throw new RequestError('LIMIT_EXCEEDED', 'Too many ask for a digest, all at once. Try again in a moment.', error);
      }
      if (error instanceof NeverStill) throw new RequestError('READ_MODEL_UNAVAILABLE', `${error.message}.`);
      throw error;
    }
  }
}
