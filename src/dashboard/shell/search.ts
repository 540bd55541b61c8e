import { useQuery } from '@apollo/client/react';
import { useDeferredValue } from 'react';
import { KINDS, pathTo, type PagedKind } from '../api/kinds';
import { NamesDocument } from '../generated/operations';
import { useProject } from './project';

const SHORTEST = 1;

/** Things of all kinds whose name has the text. */
export function useFound(text: string) {
  const { id: project, asOf } = useProject();
  const search = useDeferredValue(text.trim());
  const { data, previousData } = useQuery(NamesDocument, { variables: { project, asOf, search }, skip: search.length < SHORTEST });
  const lists = (search.length < SHORTEST ? undefined : (data ?? previousData))?.project;
  if (lists === undefined || lists === null) return [];
  const of = (kind: PagedKind, list: { nodes: { id: string; name: string }[] }) =>
    list.nodes.map(({ id, name }) => ({ id, name, kind, ...pathTo(project, kind, id) }));
  return (Object.keys(KINDS) as PagedKind[]).flatMap((kind) => of(kind, lists[kind]));
}
