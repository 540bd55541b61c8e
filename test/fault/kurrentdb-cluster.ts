import { execFile } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { kurrentUrl, seedAddresses } from '../../src/event-store/kurrentdb-url';
import { eventually } from '../fixtures/eventually';

const run = promisify(execFile);
/** How long the nodes may take to agree on a leader after all of them are there again. */
const ELECTION_MS = 180_000;
/** How long a node may take to say who leads, and how long it is left alone between two questions. */
const ANSWER_MS = 10_000;
const PAUSE_MS = 500;

/** What can be done to a node from outside. */
export type Action = 'kill' | 'start' | 'freeze' | 'thaw';

interface Gossip {
  readonly members: readonly { readonly state: string; readonly isAlive: boolean; readonly httpEndPointPort: number }[];
}

/**
 * A real cluster without TLS, whose nodes differ in their ports. `command`, if there is one, is a program of the operator's that is called with an action
 * and a node's port.
 */
export class RealCluster {
  private readonly hosts: readonly string[];

  constructor(
    readonly url: string,
    private readonly command: string | undefined,
  ) {
    this.hosts = seedAddresses(kurrentUrl(url));
    if (this.hosts.length < 3) throw new Error('a cluster is named as kurrentdb://a:2113,b:2113,c:2113?tls=false');
  }

  /** Whether nodes can be killed and frozen, and not only asked to resign. */
  get canBeBroken(): boolean {
    return this.command !== undefined;
  }

  /** The port of the node that leads, as most of those which answer say. */
  async leader(): Promise<number | undefined> {
    const named = await Promise.all(this.hosts.map((host) => leaderNamedBy(host)));
    const counts = new Map<number, number>();
    for (const port of named) if (port !== undefined) counts.set(port, (counts.get(port) ?? 0) + 1);
    return [...counts].sort(([, a], [, b]) => b - a)[0]?.[0];
  }

  /** Waits until there is a leader, and all nodes say so. */
  async whole(): Promise<void> {
    await eventually(
      'all nodes name one leader',
      async () => {
        const named = await Promise.all(this.hosts.map((host) => leaderNamedBy(host)));
        if (named[0] !== undefined && named.every((port) => port === named[0])) return true;
        await sleep(PAUSE_MS);
        return false;
      },
      ELECTION_MS,
    );
  }

  async resign(port: number): Promise<void> {
    const host = this.hosts.find((each) => each.endsWith(`:${port}`));
    const { ok, status } = await fetch(`http://${host}/admin/node/resign`, { method: 'POST' });
    if (!ok) throw new Error(`the node at port ${port} does not resign: ${status}`);
  }

  async act(action: Action, port: number): Promise<void> {
    if (this.command === undefined) throw new Error('nothing says how to reach the nodes from outside');
    await run(this.command, [action, String(port)]);
  }
}

async function leaderNamedBy(host: string): Promise<number | undefined> {
  try {
    const response = await fetch(`http://${host}/gossip`, { signal: AbortSignal.timeout(ANSWER_MS) });
    const { members } = (await response.json()) as Gossip;
    return members.find(({ state, isAlive }) => state === 'Leader' && isAlive)?.httpEndPointPort;
  } catch {
    // A node that is away, or frozen, names none.
    return undefined;
  }
}
