import { Server, ServerCredentials, type sendUnaryData, type ServerUnaryCall } from '@grpc/grpc-js';
import type { ConnectionInjector } from '@grpc/grpc-js/build/src/server';
import { GossipService } from '@kurrent/kurrentdb-client/generated/kurrentdb/protocols/v1/gossip_grpc_pb';
import { ClusterInfo, EndPoint, MemberInfo } from '@kurrent/kurrentdb-client/generated/kurrentdb/protocols/v1/gossip_pb';
import { ServerFeaturesService } from '@kurrent/kurrentdb-client/generated/kurrentdb/protocols/v1/serverfeatures_grpc_pb';
import { SupportedMethod, SupportedMethods } from '@kurrent/kurrentdb-client/generated/kurrentdb/protocols/v1/serverfeatures_pb';
import { UUID } from '@kurrent/kurrentdb-client/generated/kurrentdb/protocols/v1/shared_pb';
import { StreamsService } from '@kurrent/kurrentdb-client/generated/kurrentdb/protocols/v1/streams_grpc_pb';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type AddressInfo, type Server as NetServer, type Socket } from 'node:net';
import { append, batchAppend } from './append';
import { softDelete, tombstone } from './delete';
import { Faults } from './faults';
import { Log } from './log';
import { read } from './read';

/** The releases whose behaviour it knows where they differ. */
export type Version = '23.10.8' | '24.10.13' | '25.1.0';
const NEWEST: Version = '25.1.0';

/**
 * A KurrentDB of one node that speaks the protocol of the real one, over a log in memory: so that the client, the native reader included,
 * runs as it is. It is shown what to do wrong through `faults`, and can be stopped and started on the same port with what it holds.
 */
export class KurrentStandIn {
  readonly faults = new Faults();
  /** The nodes of its cluster, as it tells clients. */
  members: readonly KurrentStandIn[] = [this];
  /** How many subscriptions are open. */
  subscriptions = 0;
  /** How many events and notices it has sent to readers. */
  sent = 0;
  /** How many reads and subscriptions look at the log at the moment. */
  scans = 0;
  /** Whether it knows `Streams/BatchAppend`. */
  batches = true;
  private readonly server: Server;
  private readonly injector: ConnectionInjector;
  private readonly sockets = new Set<Socket>();
  private listener: NetServer | undefined;
  private port = 0;

  constructor(
    public log = new Log(),
    readonly version: Version = NEWEST,
  ) {
    this.server = this.serve();
    this.injector = this.server.createConnectionInjector(ServerCredentials.createInsecure());
  }

  /** Two stand-ins on one log are two nodes of a cluster. */
  static async start(log?: Log, version?: Version): Promise<KurrentStandIn> {
    const standIn = new KurrentStandIn(log, version);
    await standIn.start();
    return standIn;
  }

  get url(): string {
    return `kurrentdb://127.0.0.1:${this.port}?tls=false`;
  }

  get discoverUrl(): string {
    return this.url.replace('://', '+discover://');
  }

  /** How many connections to it are open. */
  get connections(): number {
    return this.sockets.size;
  }

  get address(): { readonly host: string; readonly port: number } {
    return { host: '127.0.0.1', port: this.port };
  }

  async start(): Promise<void> {
    const listener = createServer((socket) => {
      this.sockets.add(socket);
      socket.once('close', () => this.sockets.delete(socket));
      socket.on('error', () => socket.destroy());
      this.injector.injectConnection(socket);
    });
    listener.listen(this.port, '127.0.0.1');
    await once(listener, 'listening');
    this.port = (listener.address() as AddressInfo).port;
    this.listener = listener;
  }

  /** Goes away, and loses every connection. What it holds stays, for `start`. */
  async stop(): Promise<void> {
    const listener = this.listener;
    this.listener = undefined;
    if (listener === undefined) return;
    const closed = once(listener, 'close');
    listener.close();
    this.disconnect();
    await closed;
  }

  async restart(): Promise<void> {
    await this.stop();
    await this.start();
  }

  /** Every connection is lost, in the middle of whatever is under way; new ones are taken at once. */
  disconnect(): void {
    for (const socket of this.sockets) socket.destroy();
  }

  /** The end of it, for good. */
  async dispose(): Promise<void> {
    this.faults.thaw();
    this.faults.speak();
    await this.stop();
    this.server.forceShutdown();
  }

  private serve(): Server {
    const server = new Server({ 'grpc.max_receive_message_length': 20 * 1024 * 1024 });
    const { faults } = this;
    // A node that its cluster has gone on without holds another log from then on.
    const held = (): Log => this.log;
    const serving = {
      get log() {
        return held();
      },
      faults,
      disconnect: () => this.disconnect(),
    };
    const reads = read({
      get log() {
        return held();
      },
      faults,
      version: this.version,
      sending: () => (this.sent += 1),
      scanning: (by) => (this.scans += by),
    });
    const unary =
      <Request, Response>(make: () => Response) =>
      (_: ServerUnaryCall<Request, Response>, answer: sendUnaryData<Response>) =>
        void faults.before().then(() => answer(null, make()));
    server.addService(ServerFeaturesService, { getSupportedMethods: unary(() => this.supported()) });
    server.addService(GossipService, { read: unary(() => this.cluster()) });
    server.addService(StreamsService, {
      append: append(serving),
      batchAppend: batchAppend(serving),
      read: (call: Parameters<typeof reads>[0]) => {
        if (call.request.getOptions()?.hasSubscription() === true) {
          this.subscriptions += 1;
          call.once('close', () => (this.subscriptions -= 1));
        }
        reads(call);
      },
      delete: softDelete(serving),
      tombstone: tombstone(serving),
    });
    return server;
  }

  private supported(): SupportedMethods {
    const methods = ['read', 'append', 'delete', 'tombstone', ...(this.batches ? ['batchappend'] : [])];
    const answer = new SupportedMethods().setEventStoreServerVersion(this.version);
    for (const name of methods)
      answer.addMethods(new SupportedMethod().setServiceName('event_store.client.streams.streams').setMethodName(name));
    return answer;
  }

  private cluster(): ClusterInfo {
    const { LEADER, FOLLOWER, UNKNOWN } = MemberInfo.VNodeState;
    const { leader, notReady } = this.faults;
    const members = this.members.map((each) => {
      const leads = each === this ? leader === undefined : leader?.port === each.port;
      const member = new MemberInfo().setIsAlive(true).setState(each === this && notReady > 0 ? UNKNOWN : leads ? LEADER : FOLLOWER);
      member.setInstanceId(new UUID().setString(randomUUID())).setTimeStamp(String(Date.now()));
      return member.setHttpEndPoint(new EndPoint().setAddress('127.0.0.1').setPort(each.port));
    });
    return new ClusterInfo().setMembersList(members);
  }
}
