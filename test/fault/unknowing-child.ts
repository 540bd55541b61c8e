import { schemaVersions } from '../../src/domain/decider';

/** Loaded into a server before the server itself: it is of a version that does not know how a key is described. */
schemaVersions.delete('KeyDescribed');
