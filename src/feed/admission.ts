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

/** Counts who follows, in all and for each owner, and lets no one in who would be one too many. */
export class Admission {
  private readonly owners = new Map<string, number>();
  private all = 0;

  constructor(private readonly limits: { readonly all: number; readonly perOwner: number }) {}

  get size(): number {
    return this.all;
  }

  /** Answers how to leave again, which counts once. */
  enter(owner: string): () => void {
    const held = this.owners.get(owner) ?? 0;
    if (held >= this.limits.perOwner) {
      const message = `This token has ${held} subscriptions open, which is the limit (SUBSCRIPTIONS_PER_TOKEN). End one first.`;
      throw new FeedRefused('LIMIT_EXCEEDED', message);
    }
    if (this.all >= this.limits.all) {
      const message = `This server has ${this.all} subscriptions open, which is the limit (SUBSCRIPTION_LIMIT). Try another, or later.`;
      throw new FeedRefused('LIMIT_EXCEEDED', message);
    }
    this.owners.set(owner, held + 1);
    this.all += 1;
    let inside = true;
    return () => {
      if (!inside) return;
      inside = false;
      this.all -= 1;
      const left = (this.owners.get(owner) ?? 1) - 1;
      if (left === 0) this.owners.delete(owner);
      else this.owners.set(owner, left);
    };
  }
}
