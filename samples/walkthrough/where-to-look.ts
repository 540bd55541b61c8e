/** How to see what the walkthrough has left in its project: each a command that a shell understands, or a page. */
export function whereToLook(url: string, projectId: string): string {
  const where = `--project ${projectId} --url ${url}`;
  return `Look at what it leaves:

  its set-up, as a file       bin/experience-ledger export ${where}
  who changed what, and when  bin/experience-ledger tail ${where} --from-start
  in a browser                ${url}/graphql with { experiments(projectId: "${projectId}") { nodes { name status } } }`;
}
