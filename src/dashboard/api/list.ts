import type { TypedDocumentNode } from '@graphql-typed-document-node/core';
import { useQuery } from '@apollo/client/react';
import type { DocumentNode } from 'graphql';
import { useEffect, useState } from 'react';
import type { AsOfInput } from '../generated/operations';
import type { Address } from '../shell/address';
import { asOfOf, useProject } from '../shell/project';
import { client } from './client';
import { keepAnswer, questionKey, useFirstAnswer } from './first-answer';
import { operationName } from './operation';

interface Listed<T> {
  readonly project: {
    readonly list: {
      readonly nodes: T[];
      readonly totalCount: number;
      readonly pageInfo: { readonly hasNextPage: boolean; readonly endCursor: string | null };
    };
  } | null;
}
type Variables = {
  project: string;
  asOf?: AsOfInput | null | undefined;
  archived: 'EXCLUDE' | 'ONLY' | 'INCLUDE';
  after?: string | null | undefined;
};

const variablesOf = (project: string, asOf: AsOfInput | undefined, archived: boolean): Variables => ({
  project,
  asOf,
  archived: archived ? 'ONLY' : 'EXCLUDE',
});

/** Asks for a list for the page that a person is on the way to. If it cannot be had, the page that asks the same says so. */
export function askForList(document: DocumentNode, project: string, { at, archived }: Address): void {
  const variables = variablesOf(project, asOfOf(at), archived === 'yes');
  client
    .query({ query: document, variables, fetchPolicy: 'no-cache' })
    .then(({ data }) => keepAnswer(questionKey(operationName(document), variables), data))
    .catch(() => undefined);
}

/** All of a kind: page after page, shown as they come. */
export function useList<T>(document: TypedDocumentNode<Listed<T>, Variables>, archived: boolean) {
  const { id: project, asOf } = useProject();
  const variables = variablesOf(project, asOf, archived);
  const { data, error, fetchMore, refetch } = useQuery<Listed<T>, Variables>(document, { variables, fetchPolicy: 'cache-and-network' });
  const cached = (data as Listed<T> | undefined)?.project?.list;
  const first = useFirstAnswer<Listed<T>>(questionKey(operationName(document), variables), cached === undefined);
  const list = cached ?? first?.project?.list;
  const next = cached?.pageInfo.hasNextPage === true ? cached.pageInfo.endCursor : undefined;
  const [missing, setMissing] = useState<{ readonly after: string; readonly error: unknown }>();
  useEffect(() => {
    if (typeof next !== 'string') return;
    fetchMore({ variables: { after: next } }).catch((failure: unknown) => setMissing({ after: next, error: failure }));
  }, [next, fetchMore]);
  // What came before a page that could not be asked for is shown, and that it is not all.
  const cutShort = missing !== undefined && missing.after === next ? missing.error : undefined;
  return { rows: list?.nodes, total: list?.totalCount, error: error ?? cutShort, refetch };
}
