import { sha256 } from '../domain/json';
import { bucketOf, type UserKey } from '../domain/user-key';

const DIGITS = '0123456789abcdef';
/** Users are in one of 256 buckets by the first byte of their key. All keys of a bucket are in one slot of a Redis Cluster. */
const BUCKETS: readonly string[] = [...DIGITS].flatMap((high) => [...DIGITS].map((low) => `${high}${low}`));

/** The names of the keys of one ledger's users. */
export class UserStoreKeys {
  /** One in each bucket says which store it is of: where it is missing, the bucket was lost. The first is written last. */
  readonly markers: readonly string[];

  /** `start`: what all names begin with, and no others. */
  constructor(private readonly start: string) {
    this.markers = BUCKETS.map((bucket) => this.marker(bucket));
  }

  /** A hash; its fields are said in `redis-scripts.ts`. */
  user(projectId: string, user: UserKey): string {
    return this.in(bucketOf(user), `user:${projectId}:${user}`);
  }

  /** A sorted set: the ids of events that were counted, by when they expire. */
  ids(projectId: string, user: UserKey): string {
    return this.in(bucketOf(user), `ids:${projectId}:${user}`);
  }

  /** What a script that writes a user is given: marker, user, users of the bucket, ids, erasures, and who is assigned. */
  of(projectId: string, user: UserKey): readonly string[] {
    const [ofUser, users] = [this.user(projectId, user), this.users(projectId, user)];
    return [this.markerOf(user), ofUser, users, this.ids(projectId, user), this.erasures(projectId, user), this.assigned(projectId, user)];
  }

  markerOf(user: UserKey): string {
    return this.marker(bucketOf(user));
  }

  /** A sorted set: the users of a project in this bucket, by when they were last written. */
  users(projectId: string, user: UserKey): string {
    return this.in(bucketOf(user), `users:${projectId}`);
  }

  usersOfAll(projectId: string): readonly string[] {
    return BUCKETS.map((bucket) => this.in(bucket, `users:${projectId}`));
  }

  /** A hash: how many users of a project in this bucket are assigned, by experiment and variant. */
  assigned(projectId: string, user: UserKey): string {
    return this.in(bucketOf(user), `assigned:${projectId}`);
  }

  assignedOfAll(projectId: string): readonly string[] {
    return BUCKETS.map((bucket) => this.in(bucket, `assigned:${projectId}`));
  }

  /** A number: how often users of a project in this bucket were forgotten. */
  erasures(projectId: string, user: UserKey): string {
    return this.in(bucketOf(user), `erasures:${projectId}`);
  }

  /** In the order of the buckets. */
  erasuresOfAll(projectId: string): readonly string[] {
    return BUCKETS.map((bucket) => this.in(bucket, `erasures:${projectId}`));
  }

  /** A hash: the counters of a project. */
  counters(projectId: string): readonly [marker: string, counters: string] {
    const bucket = sha256(projectId).slice(0, 2);
    return [this.marker(bucket), this.in(bucket, `counters:${projectId}`)];
  }

  lease(name: string): string {
    return this.in(sha256(name).slice(0, 2), `lease:${name}`);
  }

  private marker(bucket: string): string {
    return this.in(bucket, 'store');
  }

  private in(bucket: string, name: string): string {
    return `${this.start}{${bucket}}:${name}`;
  }
}
