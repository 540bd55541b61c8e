import type { WebSocket } from 'ws';
import { LARGE_CHARACTERS } from './answer-budget';
import { inPieces } from './answer-body';

/** Sends the text messages of one socket, each whole and one after another: a long one in fragments, which hold the event loop no longer than a piece each. */
export class MessageSender {
  private long: Promise<void> | undefined;

  /** `failed` is called with why a message could not be sent. */
  constructor(
    private readonly socket: WebSocket,
    private readonly failed: (error: Error) => void,
  ) {}

  /** Resolves when the message has left this process, or cannot leave it any more; never rejects. */
  async send(text: string): Promise<void> {
    // Nothing else but control frames may come between the fragments of a message.
    while (this.long !== undefined) await this.long;
    if (text.length <= LARGE_CHARACTERS) return this.frame(text, true);
    this.long = this.inFragments(text);
    await this.long;
    this.long = undefined;
  }

  private async inFragments(text: string): Promise<void> {
    for await (const piece of inPieces(text)) {
      if (this.socket.readyState !== this.socket.OPEN) return;
      await this.frame(piece, false);
    }
    if (this.socket.readyState === this.socket.OPEN) await this.frame('', true);
  }

  private frame(data: string | Buffer, fin: boolean): Promise<void> {
    return new Promise((resolve) => {
      this.socket.send(data, { fin, binary: false }, (error) => {
        if (error) this.failed(error);
        resolve();
      });
    });
  }
}
