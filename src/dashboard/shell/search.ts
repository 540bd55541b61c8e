import { useQuery } from '@apollo/client/react';
import { useDeferredValue } from 'react';
import { pathTo } from '../api/kinds';
import { SearchDocument } from '../generated/operations';
import { useProject } from './project';

const SHORTEST = 1;

/** What there is of any kind with the text in its name or description, archived or not. */
export function useFound(text: string) {
  const { id: project } = useProject();
  const typed = useDeferredValue(text.trim());
  const { data, previousData } = useQuery(SearchDocument, { variables: { project, text: typed }, skip: typed.length < SHORTEST });
  const found = (typed.length < SHORTEST ? undefined : (data ?? previousData))?.search;
  return (found?.hits ?? []).map(({ nodeId, name, kind, archived }) => ({
    id: nodeId,
    name,
    kind,
    archived,
    ...pathTo(project, kind, nodeId),
  }));
}
