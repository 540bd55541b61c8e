/** The first things a newcomer sends: in the explorer they are filled in, and the first start prints the mutation as a curl command. */
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

export const FIRST_QUERY = `query Keys {
  keys(projectId: "my-app", first: 10) {
    nodes { name type defaultValue description }
  }
}`;

/** A command that a shell sends the document with: pasted as it is, it works. */
export function curl(url: string, token: string, document: string): string {
  const body = JSON.stringify({ query: document.replace(/\s+/g, ' ') }).replaceAll("'", `'\\''`);
  return [`curl -sS '${url}'`, `-H 'Authorization: Bearer ${token}'`, `-H 'Content-Type: application/json'`, `-d '${body}'`].join(
    ' \\\n  ',
  );
}
