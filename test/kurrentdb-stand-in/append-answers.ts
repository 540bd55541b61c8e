import {
  Empty as ClientEmpty,
  MaximumAppendSizeExceeded,
  StreamDeleted,
  Timeout,
  WrongExpectedVersion,
} from '@kurrent/kurrentdb-client/generated/kurrentdb/protocols/v1/shared_pb';
import { Status } from '@kurrent/kurrentdb-client/generated/kurrentdb/protocols/v1/status_pb';
import { AppendResp, BatchAppendResp, type BatchAppendReq } from '@kurrent/kurrentdb-client/generated/kurrentdb/protocols/v1/streams_pb';
import { Any } from 'google-protobuf/google/protobuf/any_pb';
import { Empty } from 'google-protobuf/google/protobuf/empty_pb';
import type { Written } from './log';

export type Answered = Written | { readonly kind: 'timeout' } | { readonly kind: 'not handled'; readonly reason: string };

/** The answer to one append of a `BatchAppend` call. */
export function batchAnswer(
  request: BatchAppendReq,
  options: BatchAppendReq.Options,
  expected: number | undefined,
  outcome: Answered,
): BatchAppendResp {
  const answer = new BatchAppendResp();
  answer.setCorrelationId(request.getCorrelationId());
  answer.setStreamIdentifier(options.getStreamIdentifier());
  if (outcome.kind === 'stands') return answer.setSuccess(new BatchAppendResp.Success().setCurrentRevision(String(outcome.revision)));
  const error = new Status().setDetails(detailsOf(expected, outcome));
  if (outcome.kind === 'not handled') error.setMessage(outcome.reason);
  return answer.setError(error);
}

function detailsOf(expected: number | undefined, outcome: Exclude<Answered, { kind: 'stands' }>): Any {
  const details = new Any();
  const pack = (message: { serializeBinary(): Uint8Array }, name: string): Any => {
    details.pack(message.serializeBinary(), name);
    return details;
  };
  switch (outcome.kind) {
    case 'too large':
      return pack(new MaximumAppendSizeExceeded().setMaxappendsize(outcome.limit), 'event_store.client.MaximumAppendSizeExceeded');
    case 'deleted':
      return pack(new StreamDeleted(), 'event_store.client.StreamDeleted');
    case 'timeout':
      return pack(new Timeout(), 'event_store.client.Timeout');
    case 'not handled':
      return pack(new Empty(), 'google.protobuf.Empty');
    case 'conflict':
      return pack(wrongVersion(expected, outcome.current), 'event_store.client.WrongExpectedVersion');
  }
}

function wrongVersion(expected: number | undefined, current: number): WrongExpectedVersion {
  const wrong = new WrongExpectedVersion();
  if (current < 0) wrong.setCurrentNoStream(new Empty());
  else wrong.setCurrentStreamRevision(String(current));
  if (expected === undefined) wrong.setExpectedAny(new Empty());
  else if (expected < 0) wrong.setExpectedNoStream(new Empty());
  else wrong.setExpectedStreamPosition(String(expected));
  return wrong;
}

/** The answer of an `Append` call. */
export function singleAnswer(outcome: Written & { readonly kind: 'stands' | 'conflict' }): AppendResp {
  const answer = new AppendResp();
  if (outcome.kind === 'stands') return answer.setSuccess(new AppendResp.Success().setCurrentRevision(String(outcome.revision)));
  const wrong = new AppendResp.WrongExpectedVersion();
  if (outcome.current >= 0) wrong.setCurrentRevision(String(outcome.current));
  else wrong.setCurrentNoStream(new ClientEmpty());
  return answer.setWrongExpectedVersion(wrong);
}
