/** What the first start prints as its first curl command. */
export const FIRST_MUTATION = `mutation FirstKey {
  createProject(input: { projectId: "my-app", name: "My app" }) {
    __typename
    ... on Refusal { code message }
  }
  createKey(input: { projectId: "my-app", name: "dark_mode", type: BOOLEAN, defaultValue: false }) {
    __typename
    ... on Refusal { code message }
  }
}`;

/** What the explorer is opened with. In a project of its own, so that it works also after the curl command; with command ids, so that it works twice. */
export const EXPLORER_MUTATION = `mutation FirstKey {
  createProject(input: { projectId: "explorer", name: "Explorer", commandId: "explorer-project" }) {
    __typename
    ... on Project { id name }
    ... on Refusal { code message }
  }
  createKey(
    input: { projectId: "explorer", name: "dark_mode", type: BOOLEAN, defaultValue: false, commandId: "explorer-key" }
  ) {
    __typename
    ... on Key { name type defaultValue }
    ... on Refusal { code message }
  }
}`;

/** It works whatever has been made before. */
export const EXPLORER_QUERY = `query Projects {
  projects(first: 10) {
    nodes {
      id
      name
      keys(first: 10) {
        nodes { name type defaultValue description }
      }
    }
  }
}`;

/** The explorer's page, which reads the token from its own address. What is behind the # is sent to no server. */
export function explorerAddress(url: string, token: string): string {
  return `${url}/graphql#token=${token}`;
}

/** The dashboard's page, which exchanges the code and takes it out of its address. */
export function signInLink(url: string, code: string): string {
  return `${url}/#key=${code}`;
}

/** The commands that the first start prints: one makes a project with a key, the other asks for the value of the key, as an app does. */
export function firstCommands(url: string, token: string): { readonly create: string; readonly ask: string } {
  return {
    create: curl(`${url}/graphql`, token, { query: FIRST_MUTATION.replace(/\s+/g, ' ') }),
    ask: curl(`${url}/projects/my-app/ofrep/v1/evaluate/flags/dark_mode`, token, { context: { targetingKey: 'ann' } }),
  };
}

/** A command that a shell sends the body with: pasted as it is, it works. */
function curl(url: string, token: string, content: object): string {
  const body = JSON.stringify(content).replaceAll("'", `'\\''`);
  return [`curl -sS '${url}'`, `-H 'Authorization: Bearer ${token}'`, `-H 'Content-Type: application/json'`, `-d '${body}'`].join(
    ' \\\n  ',
  );
}
