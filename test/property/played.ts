import type { ArchiveMany } from '../../src/domain/archive-many';
import type { SingleCommand } from '../../src/domain/decider';

/** The commands that the model knows of itself. A revert is made of them, and has a property of its own (`test/domain/revert.test.ts`). */
export type Command = SingleCommand | ArchiveMany;
