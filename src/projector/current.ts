import { ReadModelBeingBuilt, type Batch, type ListQuery, type LogQuery, type Queried, type ReadModel } from '../read-model/read-model';

/** The read model that queries are answered from now: that of whichever generation is live. A page is of one generation, whatever happens meanwhile. */
export class CurrentReadModel implements Queried {
  private current: ReadModel | undefined;

  turnTo(readModel: ReadModel): void {
    this.current = readModel;
  }

  async commit(batch: Batch) {
    return this.there().commit(batch);
  }

  async checkpoint(projectId: string) {
    return this.there().checkpoint(projectId);
  }

  async standings(projectIds: readonly string[]) {
    return this.there().standings(projectIds);
  }

  async get(projectId: string, collection: string, ids: readonly string[]) {
    return this.there().get(projectId, collection, ids);
  }

  async list(projectId: string, query: ListQuery) {
    return this.there().list(projectId, query);
  }

  async log(projectId: string, query: LogQuery) {
    return this.there().log(projectId, query);
  }

  async projectIds() {
    return this.there().projectIds();
  }

  async close(): Promise<void> {
    this.current = undefined;
  }

  private there(): ReadModel {
    if (this.current) return this.current;
    throw new ReadModelBeingBuilt('the read models are being built, or cannot be reached: /health/ready says how far they are');
  }
}
