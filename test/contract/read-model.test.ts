import { createMemoryReadModel } from '../../src/read-model/memory';
import { readModelContract } from './read-model';

readModelContract('memory', async () => createMemoryReadModel());
