/** Why no one is given this feed, in the codes that clients know; the message says what to do. */
export class FeedRefused extends Error {
  constructor(
    readonly code: 'NOT_FOUND' | 'BAD_REQUEST' | 'LIMIT_EXCEEDED' | 'GOING_AWAY' | 'HISTORY_BROKEN',
    message: string,
  ) {
    super(message);
    this.name = 'FeedRefused';
  }
}
