import type { TypedDocumentNode } from '@graphql-typed-document-node/core';
import type { ReactNode } from 'react';
import { useOne } from '../api/one';
import type { AsOfInput } from '../generated/operations';
import { Drawer } from '../ui/overlay';
import { Failed, Loading } from '../ui/states';
import { formWords } from '../words/setup';

interface EditingProps<T> {
  readonly document: TypedDocumentNode<
    { readonly project: { readonly one: T | null } | null },
    { project: string; id: string; asOf?: AsOfInput | null | undefined }
  >;
  readonly id: string;
  readonly onClose: () => void;
  readonly children: (thing: T, refetch: () => unknown) => ReactNode;
}

/** What is named in the address, once it is read. */
export function Editing<T>({ document, id, onClose, children }: EditingProps<T>) {
  const { thing, error, refetch } = useOne(document, id);
  if (thing !== undefined && thing !== null) return children(thing, refetch);
  return (
    <Drawer title="" onClose={onClose}>
      {error !== undefined ? (
        <Failed error={error} onRetry={() => void refetch()} />
      ) : thing === null ? (
        <p>{formWords.gone}</p>
      ) : (
        <Loading />
      )}
    </Drawer>
  );
}
