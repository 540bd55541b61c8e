import { ReadModelBeingBuilt, type Batch, type ListQuery, type LogQuery, type Queried, type ReadModel } from '../read-model/read-model';

/** The read model that queries are answered from now: that of whichever generation is live. A page is of one generation, whatever happens meanwhile. */
export class CurrentReadModel implements Queried {
  private current: ReadModel | undefined;

  switchTo(readModel: ReadModel): void {
    this.current = readModel;
  }

  async commit(batch: Batch) {
    return this.required().commit(batch);
  }

  async checkpoint(projectId: string) {
    return this.required().checkpoint(projectId);
  }

  async checkpointsOf(projectIds: readonly string[]) {
    return this.required().checkpointsOf(projectIds);
  }

  async get(projectId: string, collection: string, ids: readonly string[]) {
    return this.required().get(projectId, collection, ids);
  }

  async getOfEach(projectIds: readonly string[], collection: string) {
    return this.required().getOfEach(projectIds, collection);
  }

  async list(projectId: string, query: ListQuery) {
    return this.required().list(projectId, query);
  }

  async lists(projectId: string, queries: readonly ListQuery[]) {
    return this.required().lists(projectId, queries);
  }

  async log(projectId: string, query: LogQuery) {
    return this.required().log(projectId, query);
  }

  async projectIds() {
    return this.required().projectIds();
  }

  async close(): Promise<void> {
    this.current = undefined;
  }

  private required(): ReadModel {
    if (this.current) return this.current;
    throw new ReadModelBeingBuilt('the read models are being built, or cannot be reached: /health/ready says how far they are');
  }
}
