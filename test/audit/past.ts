import { projections } from '../../projections';
import { AsOf, type AsOfOptions } from '../../src/audit/as-of';
import type { HistoryPoint } from '../../src/audit/history-point';
import type { Envelope } from '../../src/domain/event';
import { fold } from '../../src/projector/fold';
import { replay } from '../../src/projector/replay';
import { createMemoryReadModel } from '../../src/read-model/memory';
import { dump } from '../fixtures/dump';

const upcast = (event: Envelope): Envelope => event;
const collections = projections.map(({ collection }) => collection);

/** As-of over events in an array, which a test may change under it. Counts what it reads and folds. */
export class Past {
  reads = 0;
  folded = 0;
  readonly asOf: AsOf;

  constructor(
    public events: readonly Envelope[],
    options: Partial<AsOfOptions> = {},
    readonly projectId = 'shop',
  ) {
    this.asOf = new AsOf({
      read: (projectId, from, limit) => this.read(projectId, from, limit),
      fold: (some, at, readModel) => {
        this.folded += some.length;
        return fold(some, at, { readModel, projections, upcast });
      },
      empty: createMemoryReadModel,
      bytes: 1e8,
      ...options,
    });
  }

  /** Everything that the answer holds, as one text; undefined: there is no such project. */
  async dump(place: HistoryPoint): Promise<string | undefined> {
    const view = await this.asOf.at(this.projectId, place);
    return view && dump(view.readModel, this.projectId, collections);
  }

  private async *read(projectId: string, from: number, limit: number): AsyncGenerator<Envelope> {
    this.reads += 1;
    for (const event of this.events.slice(from, from + limit)) if (event.projectId === projectId) yield event;
  }
}

/** The same by a plain replay of the first events. */
export async function replayed(events: readonly Envelope[], projectId = 'shop'): Promise<string> {
  const readModel = createMemoryReadModel();
  await replay({ events, readModel, projections, upcast });
  return dump(readModel, projectId, collections);
}
