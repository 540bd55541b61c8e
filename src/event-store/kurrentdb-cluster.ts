import { setTimeout as sleep } from 'node:timers/promises';
import { StoreUnavailable } from './event-store';
import type { KurrentLibrary } from './kurrentdb-connection';
import { streamOf } from './kurrentdb-event';
import { explain } from './kurrentdb-failure';
import { KurrentNode, type NodeAnswer } from './kurrentdb-node';
import { nodeAddress, seedAddresses } from './kurrentdb-url';

/** How long the members of the cluster are taken for those that they were. */
const MEMBERS_MS = 60_000;
/** An election takes up to so long, and all ask again meanwhile. */
const ELECTION_MS = 1_500;
const PAUSE_MS = 100;

/**
 * The nodes of a cluster, asked for the end of a stream by more than the leader's own word. A leader that was replaced while it hung, or that is cut off
 * from the others, goes on for some seconds to answer as the leader, from its past. It was not replaced as long as a majority, itself included, says that
 * it leads, since each election needs a majority.
 */
export class KurrentCluster {
  private readonly nodes = new Map<string, KurrentNode>();
  private known: { readonly members: readonly string[]; readonly atMs: number } | undefined;

  constructor(
    private readonly library: KurrentLibrary,
    private readonly url: string,
  ) {}

  /**
   * Whether the project's stream has nothing after the revision, at some moment after the call. Rejects with `StoreUnavailable` where no majority
   * says so of one leader.
   */
  async confirmEnd(projectId: string, revision: number): Promise<boolean> {
    const seeds = seedAddresses(this.url);
    if (seeds.length === 0) return true;
    for (const untilMs = performance.now() + ELECTION_MS; ; await sleep(PAUSE_MS)) {
      const members = await this.members(seeds);
      if (members.length < 2) return true;
      const { holdsMore, failures } = await this.askAll(members, streamOf(projectId), revision);
      if (holdsMore !== undefined) return !holdsMore;
      if (performance.now() > untilMs) throw unconfirmed(failures);
    }
  }

  async close(): Promise<void> {
    await Promise.all([...this.nodes.values()].map((node) => node.close()));
    this.nodes.clear();
  }

  /** Asks all members at once, and answers as soon as enough of them have answered. */
  private async askAll(
    members: readonly string[],
    stream: string,
    revision: number,
  ): Promise<{ readonly holdsMore?: boolean; readonly failures: readonly unknown[] }> {
    const answers = new Map<string, NodeAnswer>();
    const settled = new AbortController();
    const ask = async (address: string): Promise<void> => {
      const answer = await this.node(address).ask(stream, revision, settled.signal);
      if (settled.signal.aborted) return;
      answers.set(address, answer);
      // A leader may be named otherwise than in the list of members.
      if ('follows' in answer && !members.includes(answer.follows) && !answers.has(answer.follows)) await ask(answer.follows);
      if (confirmed(answers, members.length) !== undefined) settled.abort();
    };
    const decided = new Promise<void>((resolve) => settled.signal.addEventListener('abort', () => resolve(), { once: true }));
    await Promise.race([decided, Promise.all(members.map(ask))]);
    const holdsMore = confirmed(answers, members.length);
    settled.abort();
    return { holdsMore, failures: [...answers.values()].flatMap((answer) => ('failed' in answer ? [answer.failed] : [])) };
  }

  private async members(seeds: readonly string[]): Promise<readonly string[]> {
    if (this.known !== undefined && performance.now() - this.known.atMs < MEMBERS_MS) return this.known.members;
    const asked = new Set([...seeds, ...(this.known?.members ?? [])]);
    // Without an answer those of the address, or of before, are asked for the end of the stream: what is missing shows then.
    const members = await Promise.any([...asked].map((address) => this.node(address).members())).catch(() => undefined);
    if (members === undefined) return this.known?.members ?? seeds;
    this.known = { members, atMs: performance.now() };
    return members;
  }

  private node(address: string): KurrentNode {
    let node = this.nodes.get(address);
    if (node === undefined) this.nodes.set(address, (node = new KurrentNode(this.library, nodeAddress(this.url, address))));
    return node;
  }
}

function unconfirmed(failures: readonly unknown[]): StoreUnavailable {
  const why = failures.length === 0 ? 'they name different leaders' : explain(failures[0]);
  const message = `no majority of the nodes of KurrentDB confirms which of them leads (${why}): nothing was written, try again`;
  return new StoreUnavailable(message, { cause: failures[0] });
}

/** Whether the one node that leads, by the word of a majority of so many, itself included, holds more; undefined: there is none yet. */
function confirmed(answers: ReadonlyMap<string, NodeAnswer>, members: number): boolean | undefined {
  const others = Math.floor(members / 2);
  for (const [address, answer] of answers) {
    if (!('leads' in answer) || !answer.leads) continue;
    const followers = [...answers.values()].filter((each) => 'follows' in each && each.follows === address).length;
    if (followers >= others) return answer.holdsMore;
  }
  return undefined;
}
