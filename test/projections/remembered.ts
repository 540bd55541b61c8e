import { projections } from '../../projections';
import { Reader } from '../../projections/reader';
import type { Envelope } from '../../src/domain/event';
import { Applier } from '../../src/projector/apply';
import { createMemoryReadModel } from '../../src/read-model/memory';
import { dump } from '../fixtures/dump';
import type { Ledger } from '../fixtures/ledger';

/** What the read models remember of one ledger, brought up to date by the code that the projector runs. */
export class Remembered {
  readonly readModel = createMemoryReadModel();
  private readonly applier: Applier;
  private reflected = 0;
  readonly reader = new Reader(this.readModel);

  constructor(private readonly ledger: Ledger) {
    const read = async function* (_projectId: string, from = 0): AsyncGenerator<Envelope> {
      yield* ledger.events.slice(from);
    };
    this.applier = new Applier({ readModel: this.readModel, projections, upcast: (event) => event, read });
  }

  /** Projects what the ledger has more than last time, so many events in one batch. */
  async catchUp(batch = Infinity): Promise<this> {
    const { events, projectId } = this.ledger;
    while (this.reflected < events.length) {
      const next = events.slice(this.reflected, this.reflected + batch);
      const failure = await this.applier.apply(projectId, next);
      if (failure) throw failure.error;
      this.reflected += next.length;
    }
    return this;
  }

  /** Everything, as one text. */
  dump(): Promise<string> {
    return dump(
      this.readModel,
      this.ledger.projectId,
      projections.map(({ collection }) => collection),
    );
  }
}

export function remember(ledger: Ledger): Promise<Remembered> {
  return new Remembered(ledger).catchUp();
}
