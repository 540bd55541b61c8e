import { NOTHING } from '../src/domain/project';
import type { Tenant } from '../src/domain/tenant';
import { entityProjection, type DocumentOf } from './entity-projection';

/** The project itself. Its stamp is that of its own events; how far the project's ledger goes, the checkpoint says. */
export type ProjectDocument = DocumentOf<Tenant>;

export const projects = entityProjection<Tenant>({
  collection: 'projects',
  kind: 'project',
  alone: (tenant) => ({ ...NOTHING, tenant }),
  find: (state) => state.tenant,
  standing: () => ({ archived: false }),
});
