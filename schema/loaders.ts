import DataLoader from 'dataloader';
import type { ProjectionOf } from '../projections/projection';
import type { Reader } from '../projections/reader';

/** Loads documents that others refer to: those asked for in one turn of a request are read at once, and each once. */
export class Loaders {
  private readonly loaders = new Map<string, DataLoader<string, object | undefined>>();

  constructor(private readonly reader: Reader) {}

  load<D extends object>(projection: ProjectionOf<D>, projectId: string, id: string): Promise<D | undefined> {
    const name = `${projectId}/${projection.collection}`;
    let loader = this.loaders.get(name);
    if (loader === undefined) {
      loader = new DataLoader<string, object | undefined>((ids) => this.reader.getMany(projection, projectId, ids));
      this.loaders.set(name, loader);
    }
    return loader.load(id) as Promise<D | undefined>;
  }
}
