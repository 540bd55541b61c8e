import { globalId } from '../../src/domain/event';
import type { Wish } from '../application/plain-shop';

/** Where a server can be asked, and with what right. */
export interface Address {
  readonly url: string;
  readonly token: string;
}

export interface GraphQLAnswer {
  readonly data?: Readonly<Record<string, unknown>> | null;
  readonly errors?: readonly { readonly message: string; readonly extensions?: { readonly code?: string } }[];
}

/** What became of a mutation, as far as its client can know. */
export type Reply =
  | {
      readonly kind: 'done';
      readonly id: string | undefined;
      readonly cursor: string;
      /** Absent: it is stored, but the read model did not show it yet. */
      readonly version: number | undefined;
    }
  | { readonly kind: 'refused'; readonly code: string }
  | { readonly kind: 'error'; readonly code: string; readonly message: string }
  /** No answer: no one knows. */
  | { readonly kind: 'lost' };

interface Result {
  readonly __typename: string;
  readonly id?: string;
  readonly cursor?: string;
  readonly version?: number;
  readonly code?: string;
  readonly entity?: { readonly entityId: string; readonly nodeId: string } | null;
}

/** In place of a GraphQL answer, while the server stops: the request was not let in. */
const STOPPING: GraphQLAnswer = { errors: [{ message: 'HTTP status 503', extensions: { code: 'STOPPING' } }] };

/** undefined: no answer came. */
export async function ask({ url, token }: Address, query: string, variables: object = {}): Promise<GraphQLAnswer | undefined> {
  let text: string;
  try {
    const response = await fetch(`${url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
      body: JSON.stringify({ query, variables }),
    });
    if (response.status === 503) return STOPPING;
    text = await response.text();
  } catch {
    return undefined;
  }
  return JSON.parse(text) as GraphQLAnswer;
}

/** Sends one mutation on a concept. `type` is what it answers with, and `identity` the field that says which one. */
export async function mutate(
  address: Address,
  field: string,
  inputType: string,
  type: string,
  input: object,
  identity = 'id',
): Promise<Reply> {
  const query = `mutation ($input: ${inputType}!) { result: ${field}(input: $input) {
    __typename
    ... on ${type} { ${identity === '' ? '' : `id: ${identity}`} version cursor }
    ... on Accepted { cursor entity { entityId nodeId } }
    ... on Refusal { code }
  } }`;
  const answer = await ask(address, query, { input });
  if (answer === undefined) return { kind: 'lost' };
  const result = answer.data?.['result'] as Result | undefined;
  if (!result) {
    const [error] = answer.errors ?? [];
    return { kind: 'error', code: error?.extensions?.code ?? 'none', message: error?.message ?? JSON.stringify(answer) };
  }
  if (result.code !== undefined) return { kind: 'refused', code: result.code };
  return {
    kind: 'done',
    id: result.id ?? (identity === 'id' ? result.entity?.nodeId : result.entity?.entityId),
    cursor: result.cursor ?? '',
    version: result.version,
  };
}

/** Sends what a client of the plain shop wishes. */
export function send(address: Address, projectId: string, commandId: string, wish: Wish): Promise<Reply> {
  const base = { projectId, commandId };
  switch (wish.kind) {
    case 'create':
      return mutate(address, 'createKey', 'CreateKeyInput', 'Key', { ...base, name: wish.key, type: 'NUMBER', defaultValue: 3 }, 'name');
    case 'describe':
      return mutate(address, 'editKey', 'EditKeyInput', 'Key', { ...base, name: wish.key, description: wish.text }, 'name');
    case 'archive':
      return mutate(address, 'archiveKey', 'KeyInput', 'Key', { ...base, name: wish.key }, 'name');
    case 'restore':
      return mutate(address, 'restoreKey', 'KeyInput', 'Key', { ...base, name: wish.key }, 'name');
    case 'use':
      return mutate(address, 'createFlag', 'CreateFlagInput', 'Flag', { ...base, name: wish.flag, key: wish.key });
    case 'unuse':
      return mutate(address, 'archiveFlag', 'FlagInput', 'Flag', { ...base, id: globalId(projectId, { kind: 'flag', id: wish.flagId }) });
  }
}
