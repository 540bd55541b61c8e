import type { DocumentNode } from 'graphql';
import * as operations from '../generated/operations';

/** The kinds that have a page of their own. */
export type PagedKind = 'KEY' | 'SEGMENT' | 'GOAL' | 'FLAG' | 'CONFIG' | 'EXPERIMENT';

interface Kind {
  /** Where its page is under `/p/<project>`. */
  readonly path: string;
  /** Asks for one of them. */
  readonly one: DocumentNode;
  readonly list: DocumentNode;
  /** The kinds whose usages can change with one of these. */
  readonly uses: readonly PagedKind[];
}

export const KINDS: { readonly [kind in PagedKind]: Kind } = {
  KEY: { path: 'setup/keys', one: operations.OneKeyDocument, list: operations.KeysDocument, uses: [] },
  SEGMENT: { path: 'setup/segments', one: operations.OneSegmentDocument, list: operations.SegmentsDocument, uses: [] },
  GOAL: { path: 'goals', one: operations.OneGoalDocument, list: operations.GoalsDocument, uses: [] },
  FLAG: { path: 'flags', one: operations.OneFlagDocument, list: operations.FlagsDocument, uses: ['KEY', 'SEGMENT'] },
  CONFIG: { path: 'configs', one: operations.OneConfigDocument, list: operations.ConfigsDocument, uses: ['KEY', 'SEGMENT'] },
  EXPERIMENT: {
    path: 'tests',
    one: operations.OneExperimentDocument,
    list: operations.ExperimentsDocument,
    uses: ['KEY', 'SEGMENT', 'GOAL'],
  },
};

export function isPaged(kind: operations.EntityKind | null | undefined): kind is PagedKind {
  return kind !== null && kind !== undefined && kind in KINDS;
}

/** Where one thing is shown. */
export function pathTo(project: string, kind: operations.EntityKind, id: string): { to: string; search: Record<string, string> } {
  const at = `/p/${encodeURIComponent(project)}`;
  return isPaged(kind) ? { to: `${at}/${KINDS[kind].path}`, search: { edit: id } } : { to: `${at}/settings`, search: {} };
}

/** Where the results of a test are shown; its id names its project, and is the last part of the path. */
export function resultsPath(id: string): string {
  const [project = '', , local = ''] = id.split('/');
  return `/p/${encodeURIComponent(project)}/tests/${encodeURIComponent(local.replace(/@.*$/, ''))}/results`;
}
