import { Field, ID, ObjectType, registerEnumType } from 'type-graphql';
import { ROLES, type Role } from '../src/application/caller';

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

export const RoleEnum = Object.fromEntries(ROLES.map((role) => [nameOf(role), role]));
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
