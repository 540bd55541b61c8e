/** An actor, as the ledger and the names beside it know it. */
export interface Acting {
  readonly subject: string;
  readonly displayName: string | null;
}

/** What to call an actor: by the opaque id where no name is known. */
export const actorName = ({ displayName, subject }: Acting): string => displayName ?? subject;
