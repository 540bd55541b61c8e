import { request, Agent } from 'node:http';

/**
 * A process of its own, so that what else a benchmark does delays no answer: asks for a page of keys, one request after another, for so many seconds,
 * and prints the 99th percentile of the times in ms.
 */
const [url, token, seconds] = process.argv.slice(2) as [string, string, string];
const BODY = JSON.stringify({
  query: '{ keys(projectId: "bench", first: 50) { nodes { name type description defaultValue version } pageInfo { hasNextPage } } }',
});
const agent = new Agent({ keepAlive: true, maxSockets: 1 });

function ask(): Promise<string> {
  return new Promise((resolve, reject) => {
    const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' };
    const sent = request(`${url}/graphql`, { method: 'POST', agent, headers }, (response) => {
      let text = '';
      response.setEncoding('utf8').on('data', (part: string) => (text += part));
      response.on('end', () => resolve(text)).on('error', reject);
    });
    sent.on('error', reject).end(BODY);
  });
}

async function main(): Promise<void> {
  const takenMs: number[] = [];
  for (const until = performance.now() + Number(seconds) * 1_000; performance.now() < until;) {
    const began = performance.now();
    const text = await ask();
    takenMs.push(performance.now() - began);
    if (text.includes('"errors"')) throw new Error(`an answer was not data: ${text}`);
  }
  takenMs.sort((a, b) => a - b);
  console.log(takenMs[Math.floor(takenMs.length * 0.99)]);
  agent.destroy();
}

void main();
