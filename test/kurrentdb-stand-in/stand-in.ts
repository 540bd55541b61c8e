import { Server, ServerCredentials, status, type sendUnaryData, type ServerUnaryCall } from '@grpc/grpc-js';
import { GossipService } from '@kurrent/kurrentdb-client/generated/kurrentdb/protocols/v1/gossip_grpc_pb';
import { ClusterInfo, EndPoint, MemberInfo } from '@kurrent/kurrentdb-client/generated/kurrentdb/protocols/v1/gossip_pb';
import { ServerFeaturesService } from '@kurrent/kurrentdb-client/generated/kurrentdb/protocols/v1/serverfeatures_grpc_pb';
import { SupportedMethod, SupportedMethods } from '@kurrent/kurrentdb-client/generated/kurrentdb/protocols/v1/serverfeatures_pb';
import { UUID } from '@kurrent/kurrentdb-client/generated/kurrentdb/protocols/v1/shared_pb';
import { StreamsService } from '@kurrent/kurrentdb-client/generated/kurrentdb/protocols/v1/streams_grpc_pb';
import { randomUUID } from 'node:crypto';
import { append, batchAppend } from './append';
import { Faults } from './faults';
import { Log } from './log';
import { read } from './read';

/**
 * A KurrentDB of one node that speaks the protocol of the real one, over a log in memory: so that the client, the native reader included,
 * runs as it is. It is told what to do wrong through `faults`, and can be stopped and started on the same port with what it holds.
 */
export class KurrentStandIn {
  readonly log = new Log();
  readonly faults = new Faults();
  /** How many subscriptions are open. */
  subscriptions = 0;
  /** Whether it knows `Streams/BatchAppend`. */
  batches = true;
  private server: Server | undefined;
  private port = 0;

  static async start(): Promise<KurrentStandIn> {
    const standIn = new KurrentStandIn();
    await standIn.start();
    return standIn;
  }

  get url(): string {
    return `kurrentdb://127.0.0.1:${this.port}?tls=false&discoveryInterval=10`;
  }

  get discoverUrl(): string {
    return this.url.replace('://', '+discover://');
  }

  get address(): { readonly host: string; readonly port: number } {
    return { host: '127.0.0.1', port: this.port };
  }

  async start(): Promise<void> {
    const server = new Server({ 'grpc.max_receive_message_length': 20 * 1024 * 1024 });
    const { log, faults } = this;
    const serving = { log, faults, disconnect: () => this.disconnect() };
    const reads = read(log, faults);
    const unary =
      <Request, Response>(make: () => Response) =>
      (_: ServerUnaryCall<Request, Response>, answer: sendUnaryData<Response>) =>
        void faults.before().then(() => answer(null, make()));
    const unsupported = (_: unknown, answer: sendUnaryData<never>) => answer({ code: status.UNIMPLEMENTED });
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
      delete: unsupported,
      tombstone: unsupported,
    });
    this.port = await new Promise<number>((resolve, reject) => {
      server.bindAsync(`127.0.0.1:${this.port}`, ServerCredentials.createInsecure(), (error, port) =>
        error === null ? resolve(port) : reject(error),
      );
    });
    this.server = server;
  }

  /** Goes away, and loses every connection. What it holds stays, for `start`. */
  async stop(): Promise<void> {
    const server = this.server;
    this.server = undefined;
    this.faults.thaw();
    if (server === undefined) return;
    const gone = new Promise<void>((resolve) => server.tryShutdown(() => resolve()));
    server.forceShutdown();
    await gone;
  }

  async restart(): Promise<void> {
    await this.stop();
    await this.start();
  }

  /** Every connection is lost; new ones are taken at once. */
  disconnect(): void {
    this.server?.drain(`127.0.0.1:${this.port}`, 0);
  }

  private supported(): SupportedMethods {
    const methods = ['read', 'append', 'delete', 'tombstone', ...(this.batches ? ['batchappend'] : [])];
    const answer = new SupportedMethods().setEventStoreServerVersion('25.1.0');
    for (const name of methods)
      answer.addMethods(new SupportedMethod().setServiceName('event_store.client.streams.streams').setMethodName(name));
    return answer;
  }

  private cluster(): ClusterInfo {
    const { LEADER, FOLLOWER } = MemberInfo.VNodeState;
    const member = new MemberInfo().setIsAlive(true).setState(this.faults.leader === undefined ? LEADER : FOLLOWER);
    member.setInstanceId(new UUID().setString(randomUUID())).setTimeStamp(String(Date.now()));
    member.setHttpEndPoint(new EndPoint().setAddress('127.0.0.1').setPort(this.port));
    return new ClusterInfo().setMembersList([member]);
  }
}
