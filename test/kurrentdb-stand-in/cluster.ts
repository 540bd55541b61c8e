import { Log } from './log';
import { KurrentStandIn } from './stand-in';

/** Several nodes of which one leads. What the leader has acknowledged, all of them hold. */
export class StandInCluster {
  private constructor(
    readonly nodes: readonly KurrentStandIn[],
    private log: Log,
    private leaderIndex: number,
  ) {}

  static async start(count = 3): Promise<StandInCluster> {
    const log = new Log();
    const nodes = await Promise.all(Array.from({ length: count }, () => KurrentStandIn.start(log)));
    for (const node of nodes) node.members = nodes;
    const cluster = new StandInCluster(nodes, log, 0);
    cluster.follow(nodes.slice(1));
    return cluster;
  }

  /** As an operator writes it. */
  get url(): string {
    return `kurrentdb://${this.nodes.map(({ address: { host, port } }) => `${host}:${port}`).join()}?tls=false`;
  }

  get leader(): KurrentStandIn {
    return this.node(this.leaderIndex);
  }

  /** The address of one node alone. */
  urlOf(index: number): string {
    return this.node(index).url;
  }

  node(index: number): KurrentStandIn {
    const node = this.nodes[index];
    if (node === undefined) throw new Error(`the cluster has no node ${index}`);
    return node;
  }

  /**
   * The others elect this node while the leader hangs, or is cut off from them. That one goes on to answer as the leader, from its past: seen for up
   * to 1.3 s after it woke, and for 3 to 7 s where it was cut off. What it is to write it keeps, and acknowledges nothing.
   */
  elect(index: number): KurrentStandIn {
    const deposed = this.leader;
    deposed.log = this.log.fork();
    deposed.faults.alone = true;
    this.leaderIndex = index;
    this.leader.faults.leader = undefined;
    this.follow(this.nodes.filter((node) => node !== deposed && node !== this.leader));
    // Its subscriptions go on with what it holds.
    this.log.emit('appended');
    return deposed;
  }

  /** The deposed leader has been started anew: it knows who leads, and shows what it holds until it has compared that with the others. */
  restart(deposed: KurrentStandIn): void {
    deposed.disconnect();
    deposed.log.showHeld();
    deposed.faults.alone = false;
    this.follow([deposed]);
  }

  /** The deposed leader holds what the others hold, and nothing else. One that had more ends itself for that, and is started anew. */
  join(deposed: KurrentStandIn): void {
    if (deposed.log.heldMore) deposed.disconnect();
    deposed.log = this.log;
    deposed.faults.alone = false;
    this.follow([deposed]);
  }

  async dispose(): Promise<void> {
    await Promise.all(this.nodes.map((node) => node.dispose()));
  }

  private follow(nodes: readonly KurrentStandIn[]): void {
    for (const node of nodes) node.faults.leader = this.leader.address;
  }
}
