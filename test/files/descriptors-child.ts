import { createServer, type AddressInfo } from 'node:net';
import { watchDescriptors } from '../../src/files/descriptors';

/** A server that keeps every connection, and prints its port, then each report. */
const server = createServer().listen(0, '127.0.0.1', () => {
  process.stdout.write(`${(server.address() as AddressInfo).port}\n`);
  watchDescriptors((code) => process.stdout.write(`${code}\n`), 10);
});
