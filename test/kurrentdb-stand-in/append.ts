import { Metadata, status, type sendUnaryData, type ServerDuplexStream, type ServerReadableStream, type ServiceError } from '@grpc/grpc-js';
import type {
  AppendReq,
  AppendResp,
  BatchAppendReq,
  BatchAppendResp,
} from '@kurrent/kurrentdb-client/generated/kurrentdb/protocols/v1/streams_pb';
import { batchAnswer, singleAnswer, type Answered } from './append-answers';
import { streamDeleted, type Faults } from './faults';
import type { Log, Proposed } from './log';

export interface Serving {
  readonly log: Log;
  readonly faults: Faults;
  /** Every connection is lost, and the server goes on. */
  disconnect(): void;
}

type Outcome = Answered | { readonly kind: 'silence' };

/** Carries out one append, with the faults that are due. */
async function write(serving: Serving, stream: string, expected: number | undefined, events: Proposed[]): Promise<Outcome> {
  const { faults, disconnect } = serving;
  await faults.before();
  // What came while it was frozen is written to what it holds then.
  const { log } = serving;
  if (faults.alone) {
    log.hold(stream, expected, events);
    return { kind: 'silence' };
  }
  if (faults.take('notReady')) return { kind: 'not handled', reason: 'Server Is Not Ready' };
  if (faults.take('busy')) return { kind: 'not handled', reason: 'Server Is Busy' };
  if (faults.take('lostAppends')) {
    disconnect();
    return { kind: 'silence' };
  }
  const written = log.append(stream, expected, faults.take('partialAppends') ? events.slice(0, -1) : events);
  if (written.kind !== 'stands') return written;
  if (faults.take('lostAcknowledgements')) {
    disconnect();
    return { kind: 'silence' };
  }
  if (faults.take('unacknowledged')) return { kind: 'silence' };
  if (faults.take('shortAcknowledgements')) return { ...written, revision: written.revision - 1 };
  if (faults.take('forgetfulAppends')) return { kind: 'conflict', current: written.revision };
  return written;
}

function proposed(message: AppendReq.ProposedMessage | BatchAppendReq.ProposedMessage): Proposed {
  return {
    id: message.getId()?.getString() ?? '',
    type: message.getMetadataMap().get('type') ?? '',
    contentType: message.getMetadataMap().get('content-type') ?? '',
    data: Buffer.from(message.getData_asU8()),
    metadata: Buffer.from(message.getCustomMetadata_asU8()),
  };
}

/** `Streams/BatchAppend`: one call for all appends of a client, each with a correlation id. */
export function batchAppend(serving: Serving): (call: ServerDuplexStream<BatchAppendReq, BatchAppendResp>) => void {
  return (call) => {
    const open = new Map<string, { readonly options: BatchAppendReq.Options; readonly events: Proposed[] }>();
    call.on('data', (request: BatchAppendReq) => {
      const refusal = serving.faults.refusal(true);
      if (refusal !== undefined) return call.emit('error', refusal);
      const id = request.getCorrelationId()?.getString() ?? '';
      const options = request.getOptions() ?? open.get(id)?.options;
      if (options === undefined) return undefined;
      const events = [...(open.get(id)?.events ?? []), ...request.getProposedMessagesList().map(proposed)];
      open.set(id, { options, events });
      if (!request.getIsFinal()) return undefined;
      open.delete(id);
      const stream = Buffer.from(options.getStreamIdentifier()?.getStreamName_asU8() ?? '').toString();
      const expected = options.hasStreamPosition() ? Number(options.getStreamPosition()) : options.hasNoStream() ? -1 : undefined;
      const writing = isLate(options, serving.faults)
        ? Promise.resolve({ kind: 'timeout' } as const)
        : write(serving, stream, expected, events);
      void writing.then((outcome) => {
        if (outcome.kind !== 'silence' && !call.cancelled) call.write(batchAnswer(request, options, expected, outcome));
      });
      return undefined;
    });
    call.on('end', () => call.end());
    call.on('error', () => {});
  };
}

/** The deadline is a time of the client's clock, which the server compares with its own. */
function isLate(options: BatchAppendReq.Options, { clockAheadMs }: Faults): boolean {
  const deadline = options.getDeadline21100()?.toDate().getTime();
  return deadline !== undefined && deadline <= Date.now() + clockAheadMs;
}

/** `Streams/Append`: one call for one append. */
export function append(serving: Serving): (call: ServerReadableStream<AppendReq, AppendResp>, answer: sendUnaryData<AppendResp>) => void {
  return (call, answer) => {
    let options: AppendReq.Options | undefined;
    const events: Proposed[] = [];
    call.on('data', (request: AppendReq) => {
      options ??= request.getOptions();
      const message = request.getProposedMessage();
      if (message !== undefined) events.push(proposed(message));
    });
    call.on('end', () => {
      const refusal = serving.faults.refusal(true);
      if (refusal !== undefined) return answer(refusal);
      const stream = Buffer.from(options?.getStreamIdentifier()?.getStreamName_asU8() ?? '').toString();
      const expected = options?.hasRevision() ? Number(options.getRevision()) : options?.hasNoStream() ? -1 : undefined;
      void write(serving, stream, expected, events).then((outcome) => {
        if (outcome.kind === 'stands' || outcome.kind === 'conflict') answer(null, singleAnswer(outcome));
        else if (outcome.kind !== 'silence') answer(failureOf(outcome, stream));
      });
      return undefined;
    });
  };
}

function failureOf(outcome: Exclude<Answered, { kind: 'stands' | 'conflict' }>, stream: string): Partial<ServiceError> {
  switch (outcome.kind) {
    case 'deleted':
      return streamDeleted(stream);
    case 'too large': {
      const metadata = new Metadata();
      metadata.set('exception', 'maximum-append-size-exceeded');
      metadata.set('maximum-append-size', String(outcome.limit));
      return { code: status.INVALID_ARGUMENT, details: 'Maximum Append Size Exceeded.', metadata };
    }
    case 'timeout':
      return { code: status.ABORTED, details: 'Operation timed out' };
    case 'not handled':
      return { code: status.UNAVAILABLE, details: outcome.reason };
  }
}
