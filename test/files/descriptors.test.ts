import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { watchDescriptors } from '../../src/files/descriptors';
import { LOAD_TYPESCRIPT } from '../fixtures/load-typescript';

test('that no descriptor is left is reported once, and again only after there were some', async () => {
  const reported: string[] = [];
  let code: string | undefined = 'EMFILE';
  let probes = 0;
  const probe = async (): Promise<void> => {
    probes += 1;
    if (code !== undefined) throw Object.assign(new Error(code), { code });
  };
  const until = async (count: number): Promise<void> => {
    const goal = probes + count;
    while (probes < goal) await sleep(1);
  };
  const end = watchDescriptors((what) => reported.push(what), 1, probe);
  await until(5);
  expect(reported).toEqual(['EMFILE']);
  code = undefined;
  await until(3);
  code = 'EACCES';
  await until(3);
  expect(reported).toEqual(['EMFILE']);
  code = 'ENFILE';
  await until(3);
  expect(reported).toEqual(['EMFILE', 'ENFILE']);
  end();
});

test('a server that more clients connect to than it has descriptors says so in one line', async () => {
  const child = spawn(
    'sh',
    ['-c', `ulimit -n 60; exec "$0" "$@"`, process.execPath, ...LOAD_TYPESCRIPT, join(__dirname, 'descriptors-child.ts')],
    {
      stdio: ['ignore', 'pipe', 'inherit'],
    },
  );
  const sockets: Socket[] = [];
  try {
    let printed = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => (printed += text));
    const until = async (count: number): Promise<void> => {
      while (printed.split('\n').length <= count) await once(child.stdout, 'data');
    };
    await until(1);
    const port = Number(printed);
    const more = (): unknown => sockets.push(connect(port, '127.0.0.1').on('error', () => {}));
    for (let at = 0; at < 100; at += 1) more();
    // The descriptor that the look itself had may be the last one: clients that keep coming take that, too.
    const coming = setInterval(more, 20);
    await until(2).finally(() => clearInterval(coming));
    await sleep(100);
    expect(printed).toBe(`${port}\nEMFILE\n`);
  } finally {
    for (const socket of sockets) socket.destroy();
    child.kill('SIGKILL');
    await once(child, 'close');
  }
});
