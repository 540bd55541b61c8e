import { tamper } from '../fixtures/tamper';
import { Operated } from './read-models';

const createProject = (id: string) => `mutation { createProject(input: { projectId: "${id}", name: "${id}" }) { __typename } }`;
const createKey = (projectId: string, name: string) =>
  `mutation { createKey(input: { projectId: "${projectId}", name: "${name}", type: NUMBER, defaultValue: 3 }) { __typename } }`;
const keys = (projectId: string) => `{ keys(projectId: "${projectId}") { nodes { name } } project(id: "${projectId}") { staleSince } }`;

test('a rebuild goes on past a project whose history is broken, which is parked in it, and says so by a code of its own', async () => {
  const server = new Operated({});
  try {
    await server.start();
    for (const id of ['broken', 'sound']) {
      await server.ask(createProject(id));
      for (const name of ['first', 'second']) await server.ask(createKey(id, name));
    }
    tamper(server.directory, (db) => db.exec(`UPDATE events SET body = 'null' WHERE project_id = 'broken' AND revision = 2`));
    const { code, out, err } = await server.type('rebuild');
    expect(code).toBe(4);
    expect(out).toMatch(/^The read models are those of generation [0-9a-f]+ now\./);
    expect(err).toContain('Project "broken" is parked, since its history is broken: ');
    expect(await server.ask(keys('sound'))).toEqual({
      keys: { nodes: [{ name: 'first' }, { name: 'second' }] },
      project: { staleSince: null },
    });
    expect(await server.ask(keys('broken'))).toEqual({
      keys: { nodes: [{ name: 'first' }] },
      project: { staleSince: expect.any(String) },
    });
    await server.ask(createKey('sound', 'third'));
    expect(await server.ask(keys('sound'))).toMatchObject({ keys: { nodes: [{}, {}, { name: 'third' }] } });
  } finally {
    await server.end();
  }
});
