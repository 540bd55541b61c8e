import type { sendUnaryData, ServerUnaryCall } from '@grpc/grpc-js';
import {
  DeleteResp,
  TombstoneResp,
  type DeleteReq,
  type TombstoneReq,
} from '@kurrent/kurrentdb-client/generated/kurrentdb/protocols/v1/streams_pb';
import { Empty } from '@kurrent/kurrentdb-client/generated/kurrentdb/protocols/v1/shared_pb';
import type { Serving } from './append';
import { streamDeleted } from './faults';

/** `Streams/Delete`: the soft one. Which revision is expected is not asked. */
export function softDelete(serving: Serving): (call: ServerUnaryCall<DeleteReq, DeleteResp>, answer: sendUnaryData<DeleteResp>) => void {
  return ({ request }, answer) =>
    remove(
      serving,
      request,
      answer,
      (name) => serving.log.softDelete(name),
      () => new DeleteResp().setNoPosition(new Empty()),
    );
}

/** `Streams/Tombstone`: for good, and also where there is no stream. */
export function tombstone(
  serving: Serving,
): (call: ServerUnaryCall<TombstoneReq, TombstoneResp>, answer: sendUnaryData<TombstoneResp>) => void {
  return ({ request }, answer) =>
    remove(
      serving,
      request,
      answer,
      (name) => serving.log.tombstone(name),
      () => new TombstoneResp().setNoPosition(new Empty()),
    );
}

function remove<Response>(
  { log, faults }: Serving,
  request: DeleteReq | TombstoneReq,
  answer: sendUnaryData<Response>,
  carryOut: (name: string) => void,
  respond: () => Response,
): void {
  const name = Buffer.from(request.getOptions()?.getStreamIdentifier()?.getStreamName_asU8() ?? '').toString();
  const refusal = faults.refusal(true) ?? (log.read(name) === 'deleted' ? streamDeleted(name) : undefined);
  if (refusal !== undefined) return answer(refusal);
  carryOut(name);
  answer(null, respond());
}
