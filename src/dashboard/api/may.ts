import { useQuery } from '@apollo/client/react';
import type { TypedDocumentNode } from '@graphql-typed-document-node/core';
import type { ActionName, AsOfInput, KeyMayFragment } from '../generated/operations';
import { useProject } from '../shell/project';
import { KINDS, type PagedKind } from './kinds';

export type May = KeyMayFragment['viewerMay'] | undefined;
type Answer = { project: { one: KeyMayFragment | null } | null };

/** What the viewer may ask of one thing now, by rights and by state, as the ledger would decide it. */
export function useMay(kind: PagedKind, id: string): May {
  const { id: project, asOf } = useProject();
  const document = KINDS[kind].one as TypedDocumentNode<Answer, { project: string; id: string; asOf?: AsOfInput | undefined }>;
  const { data } = useQuery(document, { variables: { project, id, asOf }, fetchPolicy: 'cache-and-network' });
  return (data as Answer | undefined)?.project?.one?.viewerMay;
}

/** Why it would be refused; undefined if it would not be, or while that is not known. */
export function whyNot(may: May, action: ActionName): string | undefined {
  const found = may?.find((one) => one.action === action);
  return found === undefined || found.allowed ? undefined : (found.reason ?? undefined);
}
