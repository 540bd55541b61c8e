import type { TypedDocumentNode } from '@graphql-typed-document-node/core';
import { useQuery } from '@apollo/client/react';
import { useEffect, useState } from 'react';
import type { AsOfInput } from '../generated/operations';
import { useProject } from '../shell/project';

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

/** All of a kind: page after page, shown as they come. */
export function useList<T>(document: TypedDocumentNode<Listed<T>, Variables>, archived: boolean) {
  const { id: project, asOf } = useProject();
  const variables: Variables = { project, asOf, archived: archived ? 'ONLY' : 'EXCLUDE' };
  const { data, error, fetchMore, refetch } = useQuery<Listed<T>, Variables>(document, { variables, fetchPolicy: 'cache-and-network' });
  const list = (data as Listed<T> | undefined)?.project?.list;
  const next = list?.pageInfo.hasNextPage === true ? list.pageInfo.endCursor : undefined;
  const [missing, setMissing] = useState<{ readonly after: string; readonly error: unknown }>();
  useEffect(() => {
    if (typeof next !== 'string') return;
    fetchMore({ variables: { after: next } }).catch((failure: unknown) => setMissing({ after: next, error: failure }));
  }, [next, fetchMore]);
  // What came before a page that could not be asked for is shown, and that it is not all.
  const cutShort = missing !== undefined && missing.after === next ? missing.error : undefined;
  return { rows: list?.nodes, total: list?.totalCount, error: error ?? cutShort, refetch };
}
