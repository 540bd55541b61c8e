import { Arg, Ctx, Field, ID, InputType, Int, Mutation, ObjectType, Query, Resolver } from 'type-graphql';
import { HistoryBroken } from '../src/audit/head-signer';
import { lineOf, type SignedHead as Head } from '../src/audit/signed-head';
import { publicPem, type CheckingKey } from '../src/audit/signing-key';
import { notFound } from '../src/domain/refusal';
import type { Context } from './context';
import { RequestError } from './error';
import { NotFound, outcomeOf } from './outcome';
import { DateTimeScalar } from './scalars';
import { shownRefusal, type ShownRefusal } from './shown-refusal';

const MOST = 500;

@ObjectType({
  simpleResolvers: true,
  description:
    'That a project’s history ended so when this was signed. Kept where the server cannot write, it proves later that the history was rewritten or cut off since: `experience-ledger verify --against`.',
})
export class SignedHead {
  @Field(() => ID, { description: 'The project.' })
  projectId: string;

  @Field(() => Int, { description: 'The last event’s number.' })
  revision: number;

  @Field(() => String, { description: 'The last event’s hash, which covers every event before it: SHA-256, in hexadecimal.' })
  hash: string;

  @Field(() => DateTimeScalar, { description: 'When it was signed, by the server’s clock.' })
  signedAt: Date;

  @Field(() => String, { description: 'Which key has signed: SHA-256 of the public key’s DER (SPKI) form, in hexadecimal.' })
  keyId: string;

  @Field(() => String, { description: 'Ed25519 over the canonical JSON (RFC 8785) of the other fields of `line`, in Base64.' })
  signature: string;

  @Field(() => String, { description: 'All of it as one line of JSON, as it stands in the log: keep this.' })
  line: string;

  @Field(() => String, {
    nullable: true,
    description:
      'The public key as PEM (SPKI). Keep it once, apart from the heads: a key that comes with what it vouches for proves nothing. Null if another key than the server’s of today has signed.',
  })
  publicKey: string | null;
}

@InputType({ description: 'Whose head is to be signed.' })
export class SignHeadInput {
  @Field(() => ID, { description: 'The project.' })
  projectId: string;
}

const SignHeadResult = outcomeOf('SignHead', SignedHead, NotFound);

@Resolver()
export class SignedHeadResolver {
  @Query(() => [SignedHead], {
    nullable: true,
    description:
      'The heads of a project that this instance has signed and has in its log, newest first. Other instances have logs of their own.',
  })
  async signedHeads(
    @Arg('projectId', () => ID, { description: 'The project.' }) projectId: string,
    @Arg('first', () => Int, { defaultValue: 20, description: `How many: 1 to ${MOST}.` }) first: number,
    @Arg('before', () => Int, { nullable: true, description: 'Only heads of revisions before this one, for the next page.' })
    before: number | null,
    @Ctx() { heads, loadProject }: Context,
  ): Promise<SignedHead[] | null> {
    if (first < 1 || first > MOST) throw new RequestError('BAD_REQUEST', `\`first\` must be from 1 to ${MOST}, not ${first}.`);
    const found = await heads.newest(projectId, first, before ?? undefined);
    if (found.length === 0) return (await loadProject(projectId)).project === undefined ? null : [];
    const key = await heads.key();
    return found.map((head) => shown(head, key));
  }

  @Mutation(() => SignHeadResult, {
    description:
      'Signs the head of a project as it is now, adds it to the log, and answers it. What has come since it was last signed is verified first: if the record is not whole, the error is HISTORY_BROKEN.',
  })
  async signHead(
    @Arg('input', () => SignHeadInput, { description: 'Whose head is to be signed.' }) { projectId }: SignHeadInput,
    @Ctx() { heads }: Context,
  ): Promise<SignedHead | ShownRefusal> {
    try {
      const head = await heads.sign(projectId);
      if (head === undefined) return shownRefusal(projectId, notFound('project', projectId));
      return shown(head, await heads.key());
    } catch (error) {
      if (!(error instanceof HistoryBroken)) throw error;
      throw new RequestError('HISTORY_BROKEN', `The head was not signed, for the record is not whole: ${error.message}.`, error);
    }
  }
}

function shown(head: Head, key: CheckingKey): SignedHead {
  return { ...head, signedAt: new Date(head.signedAt), line: lineOf(head), publicKey: head.keyId === key.id ? publicPem(key) : null };
}
