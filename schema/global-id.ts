import { isObjectType, type GraphQLSchema } from 'graphql';
import { ENTITY_KINDS, globalId, type EntityKind, type EntityRef } from '../src/domain/event';
import { EXCLUSIVITY } from '../src/domain/exclusivity';
import { excerpt, withArticle } from '../src/domain/text';
import type { Context } from './context';
import { WrongId } from './error';

/*
 * The one place where the ids of the API, which `globalId` makes, are read and given to what the schema has. Each names one thing at one point of its history and nothing else, so that client
 * caches can keep answers under it; behind the schema everything is known by its project, its kind and its local id.
 */

/** An id as an input has it. It is no string to any other code, so that one which is not read does not compile. */
export interface GlobalId {
  readonly [unread]: true;
}
declare const unread: unique symbol;

/** What an id names. */
export interface Identity {
  readonly projectId: string;
  readonly kind: EntityKind;
  /** Its local id: a key's name, the project's own id, or what the ledger calls anything else. */
  readonly id: string;
  /** The revision of the point below `asOf`; left out: now. */
  readonly revision?: number;
}

const SHAPE = /^([^/@]+)(?:\/([a-z]+)(?:\/([^/@]+))?)?(?:@(0|[1-9]\d{0,9}))?$/;

/** Throws `WrongId` where it is not of the shape that ids have. */
export function identityOf(given: GlobalId, path = 'id'): Identity {
  const text = given as unknown as string;
  const [, projectId, kind = 'project', local, at] = SHAPE.exec(text) ?? [];
  const revision = at === undefined ? {} : { revision: Number(at) };
  if (projectId !== undefined && isKind(kind)) {
    if (kind === 'project' && !text.includes('/')) return { projectId, kind, id: projectId, ...revision };
    if (kind === EXCLUSIVITY.kind && local === undefined) return { projectId, kind, id: EXCLUSIVITY.id, ...revision };
    if (local !== undefined && kind !== 'project' && kind !== EXCLUSIVITY.kind) return { projectId, kind, id: local, ...revision };
  }
  throw new WrongId(path, `must be an \`id\` as this API gave it, not "${excerpt(text)}"`);
}

const isKind = (text: string): text is EntityKind => (ENTITY_KINDS as readonly string[]).includes(text);

/** What is named, as it is now, or at the point that is answered from. Throws `WrongId` where it is of another project or another point. */
export function identityIn(given: GlobalId, projectId: string, path = 'id', asOfRevision?: number): Identity {
  const identity = identityOf(given, path);
  refuseOtherProject(identity, projectId, path);
  if (identity.revision === undefined || identity.revision === asOfRevision) return identity;
  throw new WrongId(path, `must not end with "@${identity.revision}": that is the thing as it was then, which cannot be meant here`);
}

/** Throws `WrongId` where the id is of another project than the one beside it. */
export function refuseOtherProject({ projectId, kind, id }: Identity, beside: string, path = 'id'): void {
  if (projectId === beside) return;
  if (kind === 'project')
    throw new WrongId(path, `must be an \`id\` as this API gave it, not a project's or a local id such as "${excerpt(id)}"`);
  throw new WrongId(path, `must be of the project "${excerpt(beside)}": it is of "${excerpt(projectId)}"`);
}

/** The local id of a thing of that kind. Throws `WrongId` where the id is of another kind. */
export function localIdOf(identity: Identity, kind: EntityKind, path = 'id'): string {
  if (identity.kind === kind) return identity.id;
  throw new WrongId(path, `must be the \`id\` of ${withArticle(kind)}: it is that of ${withArticle(identity.kind)}`);
}

/** Reads an id inside the input of a command; null and what is left out stay as they are. */
export interface ReadId {
  (given: GlobalId, kind: EntityKind, path: string): string;
  (given: GlobalId | null | undefined, kind: EntityKind, path: string): string | null | undefined;
}

/** For the ids of things in one project, as they are now. */
export function idsIn(projectId: string): ReadId {
  const read = (given: GlobalId | null | undefined, kind: EntityKind, path: string) =>
    given === null || given === undefined ? given : localIdOf(identityIn(given, projectId, path), kind, path);
  return read as ReadId;
}

/** What a history or a feed is to be about: everything of a kind, or one thing of it by its local id. */
export interface About {
  readonly kind: EntityKind;
  readonly id?: string | undefined;
}

interface Filter {
  readonly kind?: EntityKind | null | undefined;
  readonly id?: GlobalId | null | undefined;
}

/** `paths`: what the input calls them. Throws `WrongId` where the id is of another project, another kind than the one beside it, or of the past. */
export function aboutOf({ kind, id }: Filter, projectId: string, paths: { readonly kind: string; readonly id: string }): About | undefined {
  if (id === undefined || id === null) return kind ? { kind } : undefined;
  const identity = identityIn(id, projectId, paths.id);
  return { kind: identity.kind, id: localIdOf(identity, kind ?? identity.kind, paths.id) };
}

/** A thing, as answers that are not about it refer to it. */
export interface Reference {
  readonly kind: EntityKind;
  readonly entityId: string;
  readonly nodeId: string;
  readonly name: string;
}

/** `revision`: of the point that the answer is of, if that is not now. */
export function referenceTo(projectId: string, { kind, id, name }: EntityRef, revision?: number): Reference {
  return { kind, entityId: id, nodeId: globalId(projectId, { kind, id }, revision), name };
}

interface Identified {
  readonly projectId: string;
  readonly id?: string;
  readonly name?: string;
}

/** Sets the resolver of `id` on everything that a project consists of, which documents know by their local ids. */
export function giveGlobalIds(schema: GraphQLSchema): GraphQLSchema {
  for (const type of Object.values(schema.getTypeMap())) {
    if (!isObjectType(type) || !type.getInterfaces().some(({ name }) => name === 'Entity')) continue;
    const kind = type.name.toLowerCase();
    const { id: field } = type.getFields();
    if (!isKind(kind) || field === undefined) throw new Error(`${type.name} is no kind of thing, or has no id`);
    field.resolve = ({ projectId, id, name }: Identified, _args: unknown, { asOfRevision: revision }: Context) =>
      globalId(projectId, { kind, id: id ?? name ?? EXCLUSIVITY.id }, revision);
  }
  return schema;
}
