import type { TypedDocumentNode } from '@graphql-typed-document-node/core';
import { useQuery } from '@apollo/client/react';
import type { AsOfInput } from '../generated/operations';
import { useProject } from '../shell/project';

interface One<T> {
  readonly project: { readonly one: T | null } | null;
}
type Variables = { project: string; id: string; asOf?: AsOfInput | null | undefined };

/** One thing as it is now; `thing` is null where there is none, and undefined until that is known. */
export function useOne<T>(document: TypedDocumentNode<One<T>, Variables>, id: string) {
  const { id: project, asOf } = useProject();
  const { data, error, refetch } = useQuery<One<T>, Variables>(document, {
    variables: { project, id, asOf },
    fetchPolicy: 'cache-and-network',
  });
  const found = data as One<T> | undefined;
  return { thing: found === undefined ? undefined : (found.project?.one ?? null), error, refetch };
}
