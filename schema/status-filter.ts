import { ArchivedFilter, type RowsArgs } from './list';

/** Who names ARCHIVED among the statuses asks for what is archived, and need not say so twice. */
export function listedWith<A extends RowsArgs>(args: A, statuses: readonly string[] | null | undefined): A {
  if (args.archived !== ArchivedFilter.EXCLUDE || !statuses?.includes('ARCHIVED')) return args;
  return { ...args, archived: ArchivedFilter.INCLUDE };
}

export const STATUS_FILTER = 'Only those in one of these statuses; none: in any. ARCHIVED lists archived ones whatever `archived` says.';
