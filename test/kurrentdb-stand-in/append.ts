import type { sendUnaryData, ServerDuplexStream, ServerReadableStream } from '@grpc/grpc-js';
import {
  Empty as ClientEmpty,
  MaximumAppendSizeExceeded,
  WrongExpectedVersion,
} from '@kurrent/kurrentdb-client/generated/kurrentdb/protocols/v1/shared_pb';
import { Status } from '@kurrent/kurrentdb-client/generated/kurrentdb/protocols/v1/status_pb';
import {
  AppendResp,
  BatchAppendResp,
  type AppendReq,
  type BatchAppendReq,
} from '@kurrent/kurrentdb-client/generated/kurrentdb/protocols/v1/streams_pb';
import { Any } from 'google-protobuf/google/protobuf/any_pb';
import { Empty } from 'google-protobuf/google/protobuf/empty_pb';
import type { Faults } from './faults';
import type { Log, Proposed, Written } from './log';

export interface Serving {
  readonly log: Log;
  readonly faults: Faults;
  /** Every connection is lost, and the server goes on. */
  disconnect(): void;
}

type Outcome = Written | { readonly kind: 'silence' };

/** Carries out one append, with the faults that are due. */
async function write(
  { log, faults, disconnect }: Serving,
  stream: string,
  expected: number | undefined,
  events: Proposed[],
): Promise<Outcome> {
  await faults.before();
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
  if (faults.take('forgetfulAppends')) return { kind: 'conflict', current: (log.stream(stream)?.length ?? 0) - 1 };
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
      void write(serving, stream, expected, events).then((outcome) => {
        if (outcome.kind !== 'silence' && !call.cancelled) call.write(batchAnswer(request, options, expected, outcome));
      });
      return undefined;
    });
    call.on('end', () => call.end());
    call.on('error', () => {});
  };
}

function batchAnswer(
  request: BatchAppendReq,
  options: BatchAppendReq.Options,
  expected: number | undefined,
  outcome: Written,
): BatchAppendResp {
  const answer = new BatchAppendResp();
  answer.setCorrelationId(request.getCorrelationId());
  answer.setStreamIdentifier(options.getStreamIdentifier());
  if (outcome.kind === 'stands') {
    const success = new BatchAppendResp.Success();
    success.setCurrentRevision(String(outcome.revision));
    return answer.setSuccess(success);
  }
  const details = new Any();
  if (outcome.kind === 'too large') {
    const large = new MaximumAppendSizeExceeded();
    large.setMaxappendsize(outcome.limit);
    details.pack(large.serializeBinary(), 'event_store.client.MaximumAppendSizeExceeded');
  } else {
    const wrong = new WrongExpectedVersion();
    if (outcome.current < 0) wrong.setCurrentNoStream(new Empty());
    else wrong.setCurrentStreamRevision(String(outcome.current));
    if (expected === undefined) wrong.setExpectedAny(new Empty());
    else if (expected < 0) wrong.setExpectedNoStream(new Empty());
    else wrong.setExpectedStreamPosition(String(expected));
    details.pack(wrong.serializeBinary(), 'event_store.client.WrongExpectedVersion');
  }
  return answer.setError(new Status().setDetails(details));
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
        if (outcome.kind !== 'silence') answer(null, singleAnswer(outcome));
      });
      return undefined;
    });
  };
}

function singleAnswer(outcome: Written): AppendResp {
  const answer = new AppendResp();
  if (outcome.kind === 'stands') return answer.setSuccess(new AppendResp.Success().setCurrentRevision(String(outcome.revision)));
  const wrong = new AppendResp.WrongExpectedVersion();
  if (outcome.kind === 'conflict' && outcome.current >= 0) wrong.setCurrentRevision(String(outcome.current));
  else wrong.setCurrentNoStream(new ClientEmpty());
  return answer.setWrongExpectedVersion(wrong);
}
