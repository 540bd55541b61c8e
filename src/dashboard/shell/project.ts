import { createContext, use } from 'react';
import type { AsOfInput, Right } from '../generated/operations';
import { words } from '../words/words';

/** The project that the page is about, as of now or of a point in its past. */
export interface ProjectContext {
  readonly id: string;
  readonly name: string;
  /** undefined: now. */
  readonly asOf: AsOfInput | undefined;
  readonly at: string | undefined;
  /** When the last change happened that the page shows. */
  readonly headTime: string;
  /** What the viewer may do here; undefined until it is known. */
  readonly rights: readonly Right[] | undefined;
}

export const ProjectContext = createContext<ProjectContext | undefined>(undefined);

export function useProject(): ProjectContext {
  const project = use(ProjectContext);
  if (project === undefined) throw new Error('This part of the page is inside a project.');
  return project;
}

/** Why nothing can be changed on this page, if that is so: it shows the past, or the viewer has not the right. */
export function useReadOnly(right: Right = 'WRITE_SET_UP', ...others: readonly Right[]): string | undefined {
  const { asOf, rights } = useProject();
  if (asOf !== undefined) return words.readOnly;
  return rights === undefined || [right, ...others].every((needed) => rights.includes(needed)) ? undefined : words.noRight;
}

/** A point of the past in an address: `r` and a revision, or a time. */
export function asOfOf(at: string | undefined): AsOfInput | undefined {
  if (at === undefined || at === '') return undefined;
  const revision = /^r(\d+)$/.exec(at)?.[1];
  return revision === undefined ? { time: at } : { revision: Number(revision) };
}
