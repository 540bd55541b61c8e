import { setTimeout as sleep } from 'node:timers/promises';
import { eventually } from '../fixtures/eventually';
import { freePort } from '../fixtures/free-port';
import { describeHaproxy } from '../fixtures/describe-haproxy';
import { Haproxy } from '../fixtures/haproxy';
import { Fleet } from './fleet';

const CLIENTS = 12;
const MUTATIONS = 0.4;
/** Between an answer and the next request of a client: some 300 requests a second in all, so that the machine is not what fails. */
const PAUSE_MS = 40;

interface Answer {
  readonly data?: { readonly result?: { readonly __typename: string; readonly code?: string } | null } | null;
  readonly errors?: unknown;
}

/** Sends queries and mutations, one after another, and keeps what was not answered as it should be. */
class Client {
  sent = 0;
  readonly failures: string[] = [];
  private leaving = false;
  readonly done: Promise<void>;

  constructor(
    private readonly url: string,
    private readonly token: string,
    private readonly key: string,
  ) {
    this.done = this.work();
  }

  leave(): Promise<void> {
    this.leaving = true;
    return this.done;
  }

  private async work(): Promise<void> {
    while (!this.leaving) {
      this.sent += 1;
      const failure = await this.send(Math.random() < MUTATIONS);
      if (failure !== undefined) this.failures.push(failure);
      await sleep(PAUSE_MS);
    }
  }

  private async send(mutates: boolean): Promise<string | undefined> {
    const query = mutates
      ? `mutation { result: editKey(input: { projectId: "shop", name: "${this.key}", description: "${this.sent}" }) { __typename ... on Refusal { code } } }`
      : '{ result: keys(projectId: "shop", first: 20) { __typename nodes { name description } } }';
    try {
      const response = await fetch(`${this.url}/graphql`, {
        method: 'POST',
        headers: { authorization: `Bearer ${this.token}`, 'content-type': 'application/json' },
        body: JSON.stringify({ query }),
      });
      const text = await response.text();
      const { data, errors } = JSON.parse(text) as Answer;
      const answered = response.status === 200 && errors === undefined && data?.result?.code === undefined;
      return answered ? undefined : `${query.slice(0, 30)}: ${response.status} ${text.slice(0, 300)}`;
    } catch (error) {
      return `${query.slice(0, 30)}: ${String((error as Error).cause ?? error)}`;
    }
  }
}

describeHaproxy('behind the shipped HAProxy', () => {
  test('restarting one instance after another fails no request', async () => {
    const ports = [await freePort(), await freePort()];
    const fleet = await Fleet.begin({
      instances: ports.map((port) => ({ environment: { PORT: String(port) } })),
      environment: { DRAIN_SECONDS: '4', TRUSTED_PROXIES: '1' },
    });
    const proxy = await Haproxy.start(ports);
    try {
      const { token } = fleet.member(0).address;
      for (let key = 0; key < CLIENTS; key += 1) {
        await fleet
          .member(0)
          .ask(`mutation { createKey(input: { projectId: "shop", name: "k${key}", type: STRING, defaultValue: "" }) { __typename } }`);
      }
      await fleet.leader();
      const isUp = () =>
        fetch(`${proxy.url}/health/ready`).then(
          ({ ok }) => ok,
          () => false,
        );
      await eventually('the proxy gives requests to an instance', isUp);
      const clients = Array.from({ length: CLIENTS }, (_, client) => new Client(proxy.url, token, `k${client}`));
      let log = '';
      for (const member of fleet.members) {
        log += await member.stop();
        await member.start();
        // The proxy asks each instance once a second, and the other one is stopped next.
        await sleep(3_000);
      }
      await Promise.all(clients.map((client) => client.leave()));
      const failures = clients.flatMap((client) => client.failures);
      log += fleet.members.map((member) => member.log).join('');
      // With what the instances say of it.
      expect({ failures, log: failures.length === 0 ? '' : log }).toEqual({ failures: [], log: '' });
      expect(clients.reduce((sum, { sent }) => sum + sent, 0)).toBeGreaterThan(100);
      await fleet.assertReplay();
    } finally {
      await proxy.stop();
      await fleet.end();
    }
  }, 240_000);
});
