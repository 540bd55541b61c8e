import { execute, print, type DocumentNode } from 'graphql';
import { projections } from '../../projections';
import { Reader } from '../../projections/reader';
import type { Context } from '../../schema/context';
import { Loaders } from '../../schema/loaders';
import { ALL_PROJECTS } from '../../src/application/caller';
import { History } from '../../src/audit/history';
import { DEFAULT_LIMITS } from '../../src/domain/limits';
import { schemaVersions, upcasts } from '../../src/domain/decider';
import { createUpcaster } from '../../src/event-store/upcast';
import type { Envelope } from '../../src/domain/event';
import { replay } from '../../src/projector/replay';
import { createMemoryReadModel } from '../../src/read-model/memory';
import { NO_LOSS, NO_MAINTENANCE } from '../fixtures/maintenance';
import { schema } from '../fixtures/stack';
import * as operations from '../generated/operations';
import { ask, type Address, type GraphQLAnswer } from './client';

const takesNoCommands = () => Promise.reject(new Error('a replay takes no commands'));

type Ask = (document: DocumentNode, variables: Readonly<Record<string, unknown>>) => Promise<GraphQLAnswer | undefined>;

/** All that the running server shows of these projects, through GraphQL. */
export function shownBy(address: Address, projectIds: readonly string[]): Promise<string> {
  return everything((document, variables) => ask(address, print(document), variables), projectIds);
}

/** The same, from a fresh replay of these events into read models of its own, asked through the same schema. */
export async function shownByReplay(events: ReadonlyMap<string, readonly Envelope[]>, projectIds: readonly string[]): Promise<string> {
  const readModel = createMemoryReadModel();
  const upcast = createUpcaster(schemaVersions, upcasts, new Set());
  await replay({ events: [...events.values()].flat(), readModel, projections, upcast });
  const reader = new Reader(readModel);
  const store = {
    async *read(projectId: string, from = 0, limit = Infinity) {
      yield* (events.get(projectId) ?? []).slice(from, from + limit);
    },
  };
  const history = new History({ store, readModel, upcast });
  const contextValue = (): Context => ({
    requestId: 'replay',
    caller: {
      actor: { id: 'reader', kind: 'user' },
      grants: new Map([[ALL_PROJECTS, new Set(['admin' as const])]]),
      expiresAt: Number.POSITIVE_INFINITY,
    },
    reportError: (error) => {
      throw error;
    },
    execute: takesNoCommands,
    loadProject: takesNoCommands,
    preview: takesNoCommands,
    limits: DEFAULT_LIMITS,
    reader,
    progress: { reached: async () => 'reached', staleSince: () => undefined, differs: () => false },
    loaders: new Loaders(reader, takesNoCommands, history),
    history,
    asOf: async () => undefined,
    results: takesNoCommands,
    watchResults: () => {
      throw new Error('a replay has no followers');
    },
    explain: takesNoCommands,
    estimates: { ofRule: takesNoCommands, ofExperiment: takesNoCommands },
    userActions: { forceVariant: takesNoCommands, clearOverride: takesNoCommands, forget: takesNoCommands },
    actorNames: { nameOf: async () => undefined, forget: takesNoCommands },
    sessions: undefined,
    issueToken: undefined,
    maintenance: NO_MAINTENANCE,
    userStore: NO_LOSS,
    digest: async () => undefined,
    heads: { newest: async () => [], sign: takesNoCommands, key: takesNoCommands },
    projectLimit: 1_000,
    server: { version: '0.0.0', startedAt: 0, signIn: 'local' },
    feed: { follow: takesNoCommands },
    answer: { take: () => undefined },
    understand: (event) => event,
  });
  return everything(async (document, variableValues) => {
    const result = await execute({ schema, document, variableValues, contextValue: contextValue() });
    return JSON.parse(JSON.stringify(result)) as GraphQLAnswer;
  }, projectIds);
}

interface Page {
  readonly edges: readonly { readonly node: Readonly<Record<string, unknown>> }[];
  readonly pageInfo: { readonly hasNextPage: boolean; readonly endCursor: string | null };
}

const LISTS = [
  operations.KeysDocument,
  operations.SegmentsDocument,
  operations.GoalsDocument,
  operations.FlagsDocument,
  operations.ConfigsDocument,
  operations.ExperimentsDocument,
];
const USERS = [
  [operations.KeysDocument, operations.KeyUsagesDocument, 'name'],
  [operations.SegmentsDocument, operations.SegmentUsagesDocument, 'id'],
  [operations.GoalsDocument, operations.GoalUsagesDocument, 'id'],
] as const;

/** Of each history both ends, and how much there is in between. */
const HISTORIES = [{}, { entity: { kind: 'KEY' } }, { types: ['KeyDefaultChanged', 'KeyArchived', 'FlagCreated'] }].flatMap((about) =>
  ['NEWEST_FIRST', 'OLDEST_FIRST'].map((order) => ({ ...about, order, first: 100 })),
);

/** Every document of every concept in every order, who uses what, who changed what, and how far the project is, in one text. */
async function everything(asking: Ask, projectIds: readonly string[]): Promise<string> {
  const dataOf = async (document: DocumentNode, variables: Readonly<Record<string, unknown>>) => {
    const answer = await asking(document, variables);
    if (answer?.errors !== undefined || !answer?.data) throw new Error(`it could not be read: ${JSON.stringify(answer)}`);
    return answer.data;
  };
  const all = async (document: DocumentNode, variables: Readonly<Record<string, unknown>>): Promise<Page[]> => {
    const pages: Page[] = [];
    let after: string | null = null;
    do {
      const data = await dataOf(document, { ...variables, archived: 'INCLUDE', first: 100, after });
      const page = Object.values(data)[0] as Page;
      pages.push(page);
      after = page.pageInfo.hasNextPage ? page.pageInfo.endCursor : null;
    } while (after !== null);
    return pages;
  };
  const lines: unknown[] = [];
  for (const projectId of projectIds) {
    lines.push(await dataOf(operations.ProjectDocument, { id: projectId }), await dataOf(operations.ExclusivityDocument, { projectId }));
    for (const list of LISTS) {
      for (const sort of ['NAME', 'CREATED', 'UPDATED']) lines.push(await all(list, { projectId, sort }));
    }
    for (const history of HISTORIES) lines.push(await dataOf(operations.HistoryDocument, { projectId, ...history }));
    for (const [list, users, identity] of USERS) {
      const nodes = (await all(list, { projectId })).flatMap(({ edges }) => edges.map(({ node }) => node));
      for (const node of nodes) lines.push(await dataOf(users, { projectId, [identity]: node[identity] }));
    }
  }
  return lines.map((line) => JSON.stringify(line)).join('\n');
}
