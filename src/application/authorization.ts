import type { CommandRight } from '../domain/concept';
import { CONCEPTS } from '../domain/decider';
import type { EntityKind } from '../domain/event';
import { PLURALS } from '../domain/project-state';
import { ALL_PROJECTS, ROLES, type Caller, type Role } from './caller';
import type { Submission } from './execute';

/** What a command or a query asks of its caller's role in the project it is about. */
export const RIGHTS = {
  /** Set up new projects: an instance admin's, so the role must hold in every project. */
  'create projects': ['admin'],
  /** What experiences are built from: the project itself, keys, segments, goals, and the exclusivity setting. */
  'write set-up': ['admin'],
  /** Flags, configs and experiments. */
  'write experiences': ['admin', 'creator'],
  /** That a project is there, and what it is called: for all who do anything in it. */
  'list projects': ROLES,
  /** What things are called: for those who follow changes, which name them by their ids. */
  'read names': ['admin', 'creator', 'member', 'auditor', 'analyst'],
  /** What is set up in a project: its history's end, so that all who may read the one may read the other. */
  'read set-up': ['admin', 'creator', 'member', 'auditor'],
  /** Who changed what, when and why, and what a project was. */
  'read history': ['admin', 'creator', 'member', 'auditor'],
  /** Every change, as it happens and from the past. */
  subscribe: ['admin', 'creator', 'member', 'auditor', 'analyst'],
  /** Have proof of the record: heads signed, and read models compared by digest. */
  'audit the record': ['admin', 'auditor'],
  /** Ask which values users get, as an app does. */
  evaluate: ['admin', 'app', 'app-server'],
  /** Say what users did, as an app does. */
  'send events': ['admin', 'app', 'app-server'],
  /** See in what state the read models of the instance are. */
  'read operations': ['admin', 'auditor'],
  /** Give a user a variant of an experiment for a test. */
  'force variants': ['admin', 'creator'],
  /** Remove all that is known of a user. */
  'forget users': ['admin'],
  /** Erase what an actor is called: an instance admin's. */
  'forget actors': ['admin'],
  /** Store properties of users, read all that is known of one, link and forget them, as an app's server does. */
  'keep users': ['admin', 'app-server'],
  /** Sign browsers out: an instance admin's. */
  'end sessions': ['admin'],
  /** Sign tokens, with any role anywhere: an instance admin's. */
  'issue tokens': ['admin'],
  /** Look after the read models: an instance admin's. */
  operate: ['admin'],
} as const satisfies Readonly<Record<string, readonly Role[]>> & Readonly<Record<CommandRight, readonly Role[]>>;
export type Right = keyof typeof RIGHTS;

/** Rights that mean nothing in one project alone. */
const EVERYWHERE: readonly Right[] = ['create projects', 'read operations', 'operate', 'forget actors', 'end sessions', 'issue tokens'];

/** Whether the caller has the right in the project. */
export function may({ grants }: Pick<Caller, 'grants'>, right: Right, projectId: string): boolean {
  const roles: readonly Role[] = RIGHTS[right];
  const granted = (project: string): boolean => roles.some((role) => grants.get(project)?.has(role) ?? false);
  return granted(ALL_PROJECTS) || (!EVERYWHERE.includes(right) && granted(projectId));
}

/** All rights that the caller has in the project. */
export function rightsIn(caller: Pick<Caller, 'grants'>, projectId: string): readonly Right[] {
  return (Object.keys(RIGHTS) as Right[]).filter((right) => may(caller, right, projectId));
}

/** The roles that have the right, in words. */
function rolesWith(right: Right): string {
  const roles = ROLES.filter((role) => (RIGHTS[right] as readonly Role[]).includes(role));
  return `${roles.join(' or ')}${EVERYWHERE.includes(right) ? ' in every project ("*")' : ''}`;
}

/** What is said to a caller who does not have the right. */
export function refusedBy(right: Right, projectId?: string): string {
  const where = projectId === undefined ? '' : ` in "${projectId}"`;
  return `To ${right}${where} takes the role ${rolesWith(right)}, which this token does not have.`;
}

/* A7: the rights of commands, each asked of the command itself, whatever it came in. */

type Command = Submission['command'];

/** The right that each type of command asks; or, where that depends on what it is about, the least. */
const RIGHT_OF: ReadonlyMap<string, CommandRight> = new Map([
  ...Object.values(CONCEPTS).flatMap(({ right, decide }) =>
    Object.keys(decide).map((type): [string, CommandRight] => [
      type,
      typeof right === 'string' ? right : right[type as keyof typeof right],
    ]),
  ),
  ...(['ArchiveMany', 'Revert', 'ApplySetup', 'RestoreSetup'] satisfies Command['type'][]).map((type): [string, CommandRight] => [
    type,
    'write experiences',
  ]),
]);

/** The least that a command of this type asks; undefined: there is no such command. */
export function leastRight(type: string): CommandRight | undefined {
  return RIGHT_OF.get(type);
}

/** A right that the command asks for and the caller does not have; undefined: the caller may submit it. */
export function missingRight(caller: Pick<Caller, 'grants'>, projectId: string, command: Command): CommandRight | undefined {
  return rightsToSubmit(command).find((right) => !may(caller, right, projectId));
}

/** All rights that the command asks for. */
export function rightsToSubmit(command: Command): readonly CommandRight[] {
  switch (command.type) {
    case 'ArchiveMany':
      return command.items.map(({ kind }) => rightToEdit(kind));
    case 'Revert':
      return [rightToEdit(command.target.kind)];
    // It may change anything.
    case 'RestoreSetup':
      return ['write set-up', 'write experiences'];
    case 'ApplySetup':
      return sectionsOf(command.setup).map((section) => rightToEdit(KIND_OF.get(section) ?? 'project'));
    default:
      return [RIGHT_OF.get(command.type) ?? 'write set-up'];
  }
}

/** What a thing that is there asks to be changed. */
export const rightToEdit = (kind: EntityKind): CommandRight => {
  const { right } = CONCEPTS[kind];
  return typeof right === 'string' ? right : 'write set-up';
};

/** What each section of a set-up file is about. One of another name is about the project, until it is refused. */
const KIND_OF: ReadonlyMap<string, EntityKind> = new Map(
  (Object.keys(CONCEPTS) as EntityKind[]).map((kind) => [kind in PLURALS ? PLURALS[kind as keyof typeof PLURALS] : kind, kind]),
);

/** A file changes what it lists, and nothing else. */
function sectionsOf(setup: unknown): readonly string[] {
  const names = setup !== null && typeof setup === 'object' && !Array.isArray(setup) ? Object.keys(setup) : [];
  const sections = names.filter((name) => name !== 'version' && name !== '$schema');
  return sections.length === 0 ? ['project'] : sections;
}
