import { schemaVersions, upcasts } from '../domain/decider';
import { createUpcaster, showing } from '../event-store/upcast';

/** The read boundary of a command line that looks into a store by itself. */
export const upcast = createUpcaster(schemaVersions, upcasts, new Set());

/** An event as this version knows it; one that it does not know as it is. */
export const understand = showing(upcast);
