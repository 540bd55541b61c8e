import { ask, type Address, type GraphQLAnswer } from './client';
import { ServerHere } from './server-here';
import { ServerProcess, type ServerOptions } from './server-process';

type Server = ServerProcess | ServerHere;

/** What the instance itself says of its read models. */
export interface MemberStatus {
  readonly leads: boolean;
  readonly state: string;
  readonly serving: string | null;
  readonly parked: readonly { readonly projectId: string; readonly revision: number; readonly reason: string; readonly message: string }[];
}

const STATUS = '{ readModels { leads state serving parked { projectId revision reason message } } }';

/** One instance of a fleet, which can be killed and started again as often as it takes: a process of its own, or a server in this one. */
export class Member {
  private process: Server | undefined;
  private starting: Promise<Server> | undefined;

  constructor(
    private readonly dataDir: string,
    private readonly token: string,
    private options: ServerOptions,
    private readonly isHere: boolean,
  ) {}

  get up(): boolean {
    return this.process !== undefined;
  }

  /** Resolves when it shows what is written, or listens if that is all that is asked for. */
  async start(as: 'ready' | 'listening' = 'ready', options: ServerOptions = this.options): Promise<void> {
    this.options = options;
    this.starting = this.begin(as, options);
    this.process = await this.starting;
  }

  /** kill -9. */
  async kill(): Promise<void> {
    const process = this.process ?? (await this.starting?.catch(() => undefined));
    this.process = undefined;
    this.starting = undefined;
    await process?.kill();
  }

  /** SIGTERM, and waits for the end; resolves with what it had logged. */
  async stop(): Promise<string> {
    const { process } = this;
    this.process = undefined;
    this.starting = undefined;
    await process?.stop();
    return process?.log ?? '';
  }

  signal(signal: NodeJS.Signals): void {
    this.there.signal(signal);
  }

  /** What it has logged so far. */
  get log(): string {
    return this.there.log;
  }

  get address(): Address {
    return { url: this.there.url, token: this.token };
  }

  ask(query: string, variables?: object): Promise<GraphQLAnswer | undefined> {
    return ask(this.address, query, variables);
  }

  /** undefined: it does not answer. */
  async status(): Promise<MemberStatus | undefined> {
    if (!this.up) return undefined;
    return (await this.ask(STATUS))?.data?.['readModels'] as MemberStatus | undefined;
  }

  async readiness(): Promise<{ readonly status: number; readonly text: string }> {
    const response = await fetch(`${this.address.url}/health/ready`);
    return { status: response.status, text: await response.text() };
  }

  private begin(as: 'ready' | 'listening', options: ServerOptions): Promise<Server> {
    if (this.isHere) return ServerHere.start(this.dataDir, options, as);
    return as === 'ready' ? ServerProcess.start(this.dataDir, options) : ServerProcess.listen(this.dataDir, options);
  }

  private get there(): Server {
    if (this.process === undefined) throw new Error('this instance is not running');
    return this.process;
  }
}
