import { join } from 'node:path';
import type { ActorNameStore } from '../actors/actor-name-store';
import { FileActorNames } from '../actors/file-actor-names';
import type { Settings } from '../settings';

/** Names are kept where instances share them: in Redis, if the read model is there, else in DATA_DIR. */
export async function openActorNames({ readModel, dataDir }: Settings, ledgerId: () => Promise<string>): Promise<ActorNameStore> {
  if (readModel.kind === 'memory') return new FileActorNames(join(dataDir, 'actors'));
  // Loaded here, as all of what asks a Redis is. `require`: `import()` would stay an ES import in our CommonJS output.
  // eslint-disable-next-line @typescript-eslint/no-require-imports
  const { RedisActorNames } = require('../actors/redis-actor-names') as typeof import('../actors/redis-actor-names');
  return RedisActorNames.open(readModel.address, ledgerId);
}
