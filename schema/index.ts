import { KeyResolver } from './key';
import { ProjectResolver } from './project';

/** Every resolver of the schema. */
export const resolvers = [ProjectResolver, KeyResolver] as const;
