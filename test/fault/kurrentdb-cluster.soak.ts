import { writeThroughElections } from './cluster-faults';
import { RealCluster } from './kurrentdb-cluster';

const url = process.env['KURRENTDB_CLUSTER'] ?? '';
const command = process.env['KURRENTDB_CLUSTER_NODE'] ?? '';
if (url === '') process.stderr.write('elections of a real cluster are not tried: KURRENTDB_CLUSTER is not set\n');
else if (command === '') process.stderr.write('leaders only resign, and are not killed or frozen: KURRENTDB_CLUSTER_NODE is not set\n');

(url === '' ? test.skip : test)(
  'two instances on a real cluster, 32 clients, while the leader resigns, is killed and is frozen, and instances are killed',
  async () => {
    const cluster = new RealCluster(url, command === '' ? undefined : command);
    const outcome = await writeThroughElections(cluster, { instances: 2, clients: 32, rounds: 3, calmMs: 3_000, faultMs: 8_000 });
    console.log(outcome);
    expect(outcome.done).toBeGreaterThan(100);
    expect(outcome.shown).toBeGreaterThan(20);
    expect(outcome).toMatchObject({ resigned: 3, restarted: 3, ...(cluster.canBeBroken && { killed: 3, frozen: 3 }) });
  },
);
