import { Arg, Ctx, Field, ID, InputType, Mutation, ObjectType, Resolver, registerEnumType } from 'type-graphql';
import { type Role, ROLES } from '../src/application/caller';
import { tokenProblems } from '../src/application/token-request';
import type { Actor as LedgerActor } from '../src/domain/event';
import { invalid } from '../src/domain/refusal';
import { cleanName } from '../src/domain/text';
import { Actor, ActorKindEnum } from './actor';
import type { Context } from './context';
import { RequestError } from './error';
import { InvalidInput, outcomeOf } from './outcome';
import { DateTimeScalar } from './scalars';
import { shownRefusal, type ShownRefusal } from './shown-refusal';

const WORDS: { readonly [R in Role]: string } = {
  admin: 'Does everything.',
  creator: 'Reads everything, and writes flags, configs and experiments.',
  member: 'Reads what is set up, and its history.',
  auditor: 'Reads everything, and changes nothing.',
  analyst: 'Follows changes.',
  app: 'Asks for values and says what users did, as an app does.',
  'app-server': "Also stores properties of users, as an app's server does.",
};

const nameOf = (role: Role): string => role.replace('-', '_').toUpperCase();

const RoleEnum = Object.fromEntries(ROLES.map((role) => [nameOf(role), role]));
registerEnumType(RoleEnum, {
  name: 'Role',
  description: 'What a token lets its bearer do in a project. `Viewer.rights` has it one by one.',
  valuesConfig: Object.fromEntries(ROLES.map((role) => [nameOf(role), { description: WORDS[role] }])),
});

@ObjectType({ simpleResolvers: true, description: 'The roles that are held in one project, or in all.' })
export class ProjectRoles {
  @Field(() => ID, { description: 'The project; `*` is every project there is or will be.' })
  projectId: string;

  @Field(() => [RoleEnum], { description: 'The roles.' })
  roles: readonly Role[];
}

/** As a list, which can be shown. */
export function projectRoles(roles: Readonly<Record<string, readonly Role[]>>): readonly ProjectRoles[] {
  return Object.entries(roles).map(([projectId, held]) => ({ projectId, roles: held }));
}

@InputType({ description: 'The roles to be held in one project, or in all.' })
class ProjectRolesInput {
  @Field(() => ID, { description: 'The project, whether it is there or not; `*` is every project.' })
  projectId: string;

  @Field(() => [RoleEnum], { description: 'The roles.' })
  roles: Role[];
}

@InputType({ description: 'What the token is to say.' })
class IssueTokenInput {
  @Field(() => String, {
    description:
      'The bearer’s id, as it will stand in the ledger for ever: no name, no e-mail address. 1 to 200 printable ASCII characters.',
  })
  subject: string;

  @Field(() => ActorKindEnum, { defaultValue: ActorKindEnum.USER, description: 'A person or a program.' })
  kind: ActorKindEnum;

  @Field(() => String, { nullable: true, description: 'What to call the bearer: kept outside the ledger, where `forgetActor` erases it.' })
  name?: string;

  @Field(() => [ProjectRolesInput], { description: 'What the bearer may do, by project: each at most once.' })
  roles: ProjectRolesInput[];

  @Field(() => DateTimeScalar, { description: 'When the token ends: within the next 10 years. It cannot be taken back before.' })
  expiresAt: Date;
}

@ObjectType({ simpleResolvers: true, description: 'A token. It is kept nowhere: this answer alone has it.' })
class IssuedToken {
  @Field(() => String, { description: 'For the header `Authorization: Bearer`, or to sign in with.' })
  token: string;

  @Field(() => Actor, { description: 'Its bearer.' })
  actor: LedgerActor;

  @Field(() => [ProjectRoles], { description: 'What the bearer may do, by project.' })
  roles: readonly ProjectRoles[];

  @Field(() => DateTimeScalar, { description: 'When it ends.' })
  expiresAt: number;
}

const IssueTokenResult = outcomeOf('IssueToken', IssuedToken, InvalidInput);

@Resolver()
export class TokenResolver {
  @Mutation(() => IssueTokenResult, {
    description:
      'Signs a token by the secret of this server. It is stored nowhere, and cannot be taken back before it ends: give short ones. Where an identity provider signs tokens, this is refused. An instance admin’s.',
  })
  async issueToken(
    @Arg('input', () => IssueTokenInput, { description: 'What it is to say.' }) input: IssueTokenInput,
    @Ctx() { issueToken }: Context,
  ): Promise<IssuedToken | ShownRefusal> {
    if (issueToken === undefined)
      throw new RequestError('BAD_REQUEST', 'Tokens come from your identity provider (AUTH_JWKS_URL): one signed here would be refused.');
    const { subject, kind, name, expiresAt } = input;
    const ttlMs = expiresAt.getTime() - Date.now();
    const problems = tokenProblems({ subject, kind, name, roles: input.roles }, { ttlMs });
    if (problems.length > 0) return shownRefusal('', invalid(...problems));
    const roles = Object.fromEntries(input.roles.map(({ projectId, roles: held }) => [projectId, [...new Set(held)]]));
    const token = await issueToken({ subject, kind, name: name === undefined ? undefined : cleanName(name), roles, ttlMs });
    return { token, actor: { id: subject, kind }, roles: projectRoles(roles), expiresAt: Math.floor(expiresAt.getTime() / 1_000) * 1_000 };
  }
}
