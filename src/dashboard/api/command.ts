import type { TypedDocumentNode } from '@graphql-typed-document-node/core';
import { useCallback, useState } from 'react';
import type { PreviewedFragment, RefusalCode } from '../generated/operations';
import { acknowledgementFor, askWhetherSeen, type Acknowledge } from './acknowledging';
import { client } from './client';
import { failureText } from './failure';
import { operationName } from './operation';
import type { Refused } from './refused';

export type { Refused } from './refused';

export type Outcome<T> =
  | { readonly type: 'done'; readonly value: T }
  /** Stored, and not to be seen yet. */
  | { readonly type: 'accepted' }
  | { readonly type: 'refused'; readonly refused: Refused }
  /** It is not known whether it was stored: sent again with the same id, it is stored once. */
  | { readonly type: 'unknown'; readonly message: string };

interface Result {
  readonly __typename: string;
}
// eslint-disable-next-line @typescript-eslint/no-explicit-any -- a document of any input is a command
export type Command = TypedDocumentNode<{ result: Result }, any>;
type VariablesOf<D> = D extends TypedDocumentNode<unknown, infer V> ? V : never;
export type InputOf<D> = VariablesOf<D> extends { input: infer I } ? Omit<I, 'commandId'> : never;
type InputArgs<D> = [InputOf<D>] extends [never] ? [] : [input: InputOf<D>];
type ResultOf<D> = D extends TypedDocumentNode<infer R, never> ? (R extends { result: infer T } ? T : never) : never;
export type DoneOf<D> = Exclude<ResultOf<D>, { __typename: 'Accepted' | 'Preview' } | { code: RefusalCode }>;

/** Commands of this page, so that it knows its own changes in the feed. */
export const ownCommands = new Set<string>();

/** The id of a command until its end is known, kept over a reload: a second try with the same input is the same command. */
function unfinishedId(key: string): string {
  const id = sessionStorage.getItem(key) ?? crypto.randomUUID();
  sessionStorage.setItem(key, id);
  ownCommands.add(id);
  return id;
}

/** Sends a command, and answers its outcome. What it does to experiments that run is shown first, and it is sent again once that was seen. */
export async function send<D extends Command>(document: D, input: InputOf<D>): Promise<Outcome<DoneOf<D>>> {
  const ended = await sendOnce(document, input);
  if (ended.type !== 'refused') return ended;
  const acknowledge = acknowledgementFor(ended.refused, (input as { acknowledge?: Acknowledge }).acknowledge);
  if (acknowledge === undefined || !(await askWhetherSeen(ended.refused))) return ended;
  return send(document, { ...input, acknowledge });
}

async function sendOnce<D extends Command>(document: D, input: InputOf<D>): Promise<Outcome<DoneOf<D>>> {
  const key = `command:${operationName(document)}:${JSON.stringify(input)}`;
  const commandId = unfinishedId(key);
  const ended = await answered<DoneOf<D>>(client.mutate({ mutation: document, variables: { input: { ...input, commandId } } }));
  if (ended.type !== 'unknown') sessionStorage.removeItem(key);
  return ended;
}

/** Sends what is about the instance and is no command of the ledger. What is answered is kept nowhere. */
export async function operate<D extends Command>(document: D, ...[input]: InputArgs<D>): Promise<Outcome<DoneOf<D>>> {
  return answered(client.mutate({ mutation: document, variables: { input }, fetchPolicy: 'no-cache' }));
}

/** Asks what a command would do, as the ledger decides it now. Nothing is stored; what would be refused is refused. */
export async function preview<D extends Command>(document: D, input: InputOf<D>): Promise<Outcome<PreviewedFragment>> {
  const variables = { input: { ...input, preview: true } };
  const asked = await answered<PreviewedFragment>(client.mutate({ mutation: document, variables, fetchPolicy: 'no-cache' }));
  const refused = asked.type === 'done' ? asked.value.wouldRefuse : null;
  // What only has to be acknowledged is asked for when the command is sent.
  return refused === null || acknowledgementFor(refused) !== undefined ? asked : { type: 'refused', refused };
}

async function answered<T>(asked: Promise<{ readonly data?: { readonly result: Result } | null | undefined }>): Promise<Outcome<T>> {
  try {
    const { data } = await asked;
    return data === undefined || data === null ? { type: 'unknown', message: failureText(undefined) } : outcome<T>(data.result);
  } catch (error) {
    return { type: 'unknown', message: failureText(error) };
  }
}

function outcome<T>(result: Result): Outcome<T> {
  if (result.__typename === 'Accepted') return { type: 'accepted' };
  if ('code' in result && 'message' in result) return { type: 'refused', refused: result as Refused };
  return { type: 'done', value: result as T };
}

/** A command of one form or button: whether it is under way, and how it ended. */
export function useCommand<D extends Command>(document: D) {
  const [busy, setBusy] = useState(false);
  const [last, setLast] = useState<Outcome<DoneOf<D>>>();
  const run = useCallback(
    async (input: InputOf<D>) => {
      setBusy(true);
      const ended = await send(document, input);
      setBusy(false);
      setLast(ended);
      return ended;
    },
    [document],
  );
  return { run, busy, last, forget: useCallback(() => setLast(undefined), []) };
}
