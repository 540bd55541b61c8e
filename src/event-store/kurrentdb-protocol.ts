import type * as gossip from '@kurrent/kurrentdb-client/generated/kurrentdb/protocols/v1/gossip_pb';
import type * as gossipCalls from '@kurrent/kurrentdb-client/generated/kurrentdb/protocols/v1/gossip_grpc_pb';
import type * as shared from '@kurrent/kurrentdb-client/generated/kurrentdb/protocols/v1/shared_pb';
import type * as streams from '@kurrent/kurrentdb-client/generated/kurrentdb/protocols/v1/streams_pb';
import type * as streamCalls from '@kurrent/kurrentdb-client/generated/kurrentdb/protocols/v1/streams_grpc_pb';

export type KurrentProtocol = ReturnType<typeof loadProtocol>;

/**
 * The messages and calls of the protocol, as the client brings them: for what its own calls cannot ask. Loaded only when a KurrentDB is used, like the
 * client. `require`: they are CommonJS modules whose members an ES import does not find.
 */
export function loadProtocol() {
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
