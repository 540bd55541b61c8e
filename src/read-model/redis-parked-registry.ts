import type { ParkedRegistry, Parked } from './generations';
import type { RedisConnection } from '../redis/connection';

/** The parked projects of a generation, as a hash: project -> JSON. */
export class RedisParkedRegistry implements ParkedRegistry {
  constructor(
    private readonly connection: RedisConnection,
    private readonly key: string,
  ) {}

  async all(): Promise<readonly Parked[]> {
    const posted = await this.connection.ask((client) => client.hvals(this.key));
    return posted.map((text) => JSON.parse(text) as Parked);
  }

  async put(parked: Parked): Promise<void> {
    await this.connection.ask((client) => client.hset(this.key, parked.projectId, JSON.stringify(parked)));
  }

  async remove(projectId: string): Promise<void> {
    await this.connection.ask((client) => client.hdel(this.key, projectId));
  }
}
