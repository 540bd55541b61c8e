import type { CallOptions, Channel, ClientReadableStream, Metadata, ServiceError } from '@grpc/grpc-js';
import type { KurrentDBClient } from '@kurrent/kurrentdb-client';
import type * as gossipCalls from '@kurrent/kurrentdb-client/generated/kurrentdb/protocols/v1/gossip_grpc_pb';
import type { ClusterInfo } from '@kurrent/kurrentdb-client/generated/kurrentdb/protocols/v1/gossip_pb';
import type * as gossip from '@kurrent/kurrentdb-client/generated/kurrentdb/protocols/v1/gossip_pb';
import type * as shared from '@kurrent/kurrentdb-client/generated/kurrentdb/protocols/v1/shared_pb';
import type * as streamCalls from '@kurrent/kurrentdb-client/generated/kurrentdb/protocols/v1/streams_grpc_pb';
import type { ReadResp } from '@kurrent/kurrentdb-client/generated/kurrentdb/protocols/v1/streams_pb';
import type * as streams from '@kurrent/kurrentdb-client/generated/kurrentdb/protocols/v1/streams_pb';
import type { KurrentLibrary } from './kurrentdb-connection';
import { CHECK_MS } from './kurrentdb-reachability';

type KurrentProtocol = ReturnType<typeof loadProtocol>;

/**
 * The messages and calls of the protocol, as the client brings them: for what its own calls cannot ask. Loaded only when a KurrentDB is used, like the
 * client. `require`: they are CommonJS modules whose members an ES import does not find.
 */
function loadProtocol() {
  /* eslint-disable @typescript-eslint/no-require-imports */
  return {
    ...(require('@kurrent/kurrentdb-client/generated/kurrentdb/protocols/v1/gossip_pb') as Pick<typeof gossip, 'MemberInfo'>),
    ...(require('@kurrent/kurrentdb-client/generated/kurrentdb/protocols/v1/gossip_grpc_pb') as Pick<typeof gossipCalls, 'GossipClient'>),
    ...(require('@kurrent/kurrentdb-client/generated/kurrentdb/protocols/v1/shared_pb') as Pick<
      typeof shared,
      'Empty' | 'StreamIdentifier'
    >),
    ...(require('@kurrent/kurrentdb-client/generated/kurrentdb/protocols/v1/streams_pb') as Pick<typeof streams, 'ReadReq'>),
    ...(require('@kurrent/kurrentdb-client/generated/kurrentdb/protocols/v1/streams_grpc_pb') as Pick<typeof streamCalls, 'StreamsClient'>),
  };
  /* eslint-enable @typescript-eslint/no-require-imports */
}

/** What a node answers when it is asked, as if it led, for what follows a revision of a stream. */
export type NodeAnswer =
  | { readonly leads: true; readonly holdsMore: boolean }
  /** The address of the leader that it follows. */
  | { readonly leads: false; readonly follows: string }
  | { readonly failed: unknown };

/**
 * What each call of the client is made of. Its public calls do not serve here: one that a follower refuses moves the client to the leader, so that the
 * same node cannot be asked again. It is not declared, and holds for the exact version of the client in package.json.
 */
interface Internals {
  readonly getGRPCClient: <Service>(service: new (...given: never[]) => Service, name: string) => Promise<Service>;
  readonly callArguments: (options: { readonly requiresLeader?: boolean; readonly deadline: number }) => [Metadata, CallOptions];
  readonly getChannel: () => Promise<Channel>;
}

/** How long a client that does not reach its node is kept: the pauses between its own attempts grow to two minutes. */
const KEEP_FAILED_MS = 5_000;
/** Members that take no part in elections. */
const NOT_VOTING = ['READONLYLEADERLESS', 'PREREADONLYREPLICA', 'READONLYREPLICA', 'MANAGER'] as const;

/** One node of a cluster, which is asked itself, whether it leads or not. It asks nothing of the client's native half, and so leaves no socket behind. */
export class KurrentNode {
  private readonly protocol: KurrentProtocol = loadProtocol();
  private client: KurrentDBClient | undefined;
  private madeAtMs = 0;

  constructor(
    private readonly library: KurrentLibrary,
    private readonly url: string,
  ) {}

  /** Whether it leads, and then whether the stream has anything after the revision. Never rejects. */
  async ask(stream: string, revision: number, signal: AbortSignal): Promise<NodeAnswer> {
    const { StreamsClient } = this.protocol;
    try {
      const internals = this.internals();
      const service = await internals.getGRPCClient(StreamsClient, 'streams');
      const call = service.read(
        this.request(stream, revision + 1),
        ...internals.callArguments({ requiresLeader: true, deadline: CHECK_MS }),
      );
      return await answerOf(call, signal);
    } catch (error) {
      this.leaveIfOld();
      return { failed: error };
    }
  }

  /** The addresses of the members of its cluster that vote. */
  async members(): Promise<readonly string[]> {
    const { Empty, GossipClient, MemberInfo } = this.protocol;
    const states: readonly number[] = NOT_VOTING.map((name) => MemberInfo.VNodeState[name]);
    try {
      const internals = this.internals();
      const service = await internals.getGRPCClient(GossipClient, 'gossip');
      const call = internals.callArguments({ deadline: CHECK_MS });
      const cluster = await new Promise<ClusterInfo>((resolve, reject) => {
        service.read(new Empty(), ...call, (error: ServiceError | null, info: ClusterInfo) => (error ? reject(error) : resolve(info)));
      });
      const voting = cluster.getMembersList().filter((member) => !states.includes(member.getState()));
      return voting.flatMap((member) => {
        const endPoint = member.getHttpEndPoint();
        return endPoint === undefined ? [] : [`${endPoint.getAddress()}:${endPoint.getPort()}`];
      });
    } catch (error) {
      this.leaveIfOld();
      throw error;
    }
  }

  async close(): Promise<void> {
    const { client } = this;
    this.client = undefined;
    if (client === undefined) return;
    const { getChannel } = client as unknown as Internals;
    (await getChannel()).close();
    await client.dispose();
  }

  private internals(): Internals {
    if (this.client === undefined) {
      this.client = this.library.KurrentDBClient.connectionString(this.url);
      this.madeAtMs = performance.now();
    }
    return this.client as unknown as Internals;
  }

  private leaveIfOld(): void {
    if (performance.now() - this.madeAtMs > KEEP_FAILED_MS) void this.close();
  }

  /** For one event of the stream, from a revision on. */
  private request(stream: string, from: number): InstanceType<KurrentProtocol['ReadReq']> {
    const { Empty, ReadReq, StreamIdentifier } = this.protocol;
    const named = new ReadReq.Options.StreamOptions().setStreamIdentifier(new StreamIdentifier().setStreamName(Buffer.from(stream)));
    const options = new ReadReq.Options()
      .setStream(named.setRevision(String(from)))
      .setReadDirection(ReadReq.Options.ReadDirection.FORWARDS)
      .setCount('1')
      .setNoFilter(new Empty())
      .setUuidOption(new ReadReq.Options.UUIDOption().setString(new Empty()));
    return new ReadReq().setOptions(options);
  }
}

function answerOf(call: ClientReadableStream<ReadResp>, signal: AbortSignal): Promise<NodeAnswer> {
  return new Promise((resolve, reject) => {
    let holdsMore = false;
    const cancel = (): void => call.cancel();
    signal.addEventListener('abort', cancel, { once: true });
    call.on('data', (response: ReadResp) => (holdsMore ||= response.hasEvent()));
    call.once('end', () => resolve({ leads: true, holdsMore }));
    call.on('error', (error: ServiceError) => {
      const said = (name: string): string => error.metadata?.get(name)[0]?.toString() ?? '';
      if (said('exception') !== 'not-leader') reject(error);
      else resolve({ leads: false, follows: `${said('leader-endpoint-host')}:${said('leader-endpoint-port')}` });
    });
  });
}
