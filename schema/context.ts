import type { ActorNames } from '../src/actors/actor-names';
import type { Caller } from '../src/application/caller';
import type { LoadProject, Execute } from '../src/application/execute';
import type { Preview } from '../src/application/preview';
import type { TokenRequest } from '../src/application/token-request';
import type { AsOf } from '../src/audit/as-of';
import type { ReadModelDigest } from '../src/audit/digest';
import type { HeadSigner } from '../src/audit/head-signer';
import type { History } from '../src/audit/history';
import type { Envelope } from '../src/domain/event';
import type { Limits } from '../src/domain/limits';
import type { GenerationInfo, Parked } from '../src/read-model/generations';
import type { Reader } from '../projections/reader';
import type { Feed } from '../src/feed/feed';
import type { Ended } from '../src/feed/item';
import type { Estimates } from '../src/serving/estimates';
import type { ExperimentResults } from '../src/reporting/experiment-results';
import type { ResultsWatch } from '../src/reporting/results-watch';
import type { Explainer } from '../src/serving/explainer';
import type { UserActions } from '../src/serving/user-actions';
import type { UserStoreRecovery } from '../src/serving/user-store-recovery';
import type { Sessions } from '../src/sessions/sessions';
import type { Loaders } from './loaders';
import type { Server } from './server';

/** What resolvers see of the read side's progress. */
export interface Progress {
  /** Waits until the project's documents reflect the revision; `timeout` or `parked`: they do not. */
  reached(projectId: string, revision: number): Promise<'reached' | 'timeout' | 'parked'>;
  /** Since when (UTC milliseconds) the project's documents are parked, although its history goes on; undefined: it is not parked. */
  staleSince(projectId: string): number | undefined;
  /** Whether the documents, and the index of the history, come from events that the event store does not hold: it was restored, and they were not rebuilt. */
  differs(projectId: string): boolean;
}

/** What operators can see and do of the read models. */
export interface Maintenance {
  describe(): Promise<{ readonly generations: readonly GenerationInfo[]; readonly failure?: string }>;
  /** The status of this instance; undefined: it does not know yet which read models it has. */
  status():
    | {
        readonly state: 'idle' | 'catching-up' | 'live' | 'retrying' | 'stopped';
        readonly generation: string;
        readonly serving: boolean;
        readonly leads: boolean;
        readonly behind: number;
        readonly parked: readonly Parked[];
      }
    | undefined;
  /** Begins to build a new generation and answers its id. Rejects with `BuildUnderWay`. */
  rebuild(): Promise<string>;
  /** Makes the generation that is kept the live one, and answers its id; undefined: none is kept. */
  rollBack(): Promise<string | undefined>;
  /** Deletes the generation that is kept; answers the ids of what is gone. */
  discard(): Promise<readonly string[]>;
  /** Has a parked project tried again, and answers whether it goes on. */
  unpark(projectId: string): Promise<boolean>;
  parked(projectId: string): Parked | undefined;
}

/** What one request brings to its resolvers. */
export interface Context {
  readonly requestId: string;
  readonly caller: Caller;
  /** Logs, under the request's id, an error that the client is not shown. */
  readonly reportError: (error: unknown, message: string) => void;
  readonly execute: Execute;
  readonly loadProject: LoadProject;
  /** What a command would do. */
  readonly preview: Preview;
  /** How much one project may hold. */
  readonly limits: Limits;
  readonly reader: Reader;
  readonly progress: Progress;
  readonly loaders: Loaders;
  /** Who changed what. */
  readonly history: History;
  /** The revision of the point of history that is answered from, below `asOf`; undefined: now. */
  readonly asOfRevision?: number;
  /** What a project was. */
  readonly asOf: AsOf['at'];
  /** Which values a user gets, and why. */
  readonly explain: Explainer['explain'];
  /** What experiments show. */
  readonly results: ExperimentResults['report'];
  /** Says when they have moved. */
  readonly watchResults: ResultsWatch['follow'];
  /** How many users rules and experiments have. */
  readonly estimates: Pick<Estimates, 'ofRule' | 'ofExperiment'>;
  /** What is done to what is known of single users. */
  readonly userActions: Pick<UserActions, 'forceVariant' | 'clearOverride' | 'forget'>;
  /** What actors are called. */
  readonly actorNames: Pick<ActorNames, 'nameOf' | 'forget'>;
  /** The browsers that are signed in; undefined: this server signs none in. */
  readonly sessions: Pick<Sessions, 'list' | 'end' | 'endAllOf'> | undefined;
  /** Signs a token, and logs that it did; undefined: an identity provider signs them. */
  readonly issueToken: ((request: TokenRequest) => Promise<string>) | undefined;
  readonly maintenance: Maintenance;
  /** Whether the store of users has lost something, and what is done about it. */
  readonly userStore: Pick<UserStoreRecovery, 'state' | 'acceptLoss' | 'rebuild'>;
  /** What the read model of a project comes to. */
  readonly digest: (projectId: string) => Promise<ReadModelDigest | undefined>;
  /** Where histories ended, signed. */
  readonly heads: Pick<HeadSigner, 'sign' | 'newest' | 'key'>;
  /** What the answer takes, counted while it is made: with what a field answers instead of its value, if that is too much. */
  readonly answer: { take(bytes: number): Promise<never> | undefined };
  readonly feed: Pick<Feed, 'follow'>;
  /** Called when the feed ends a subscription of this request, also if the client reads no more. */
  readonly onFeedEnded?: (ended: Ended) => void;
  /** An event as this version knows it; one that it does not know as it is. */
  readonly understand: (event: Envelope) => Envelope;
  /** The instance that answers. */
  readonly server: Server;
  /** How many projects the instance may hold. */
  readonly projectLimit: number;
}
