/** Names one thing in the input of a command. */
export function targetOf(thing: { readonly projectId: string; readonly id: string }) {
  return { projectId: thing.projectId, id: thing.id };
}
export function keyTarget(key: { readonly projectId: string; readonly name: string }) {
  return { projectId: key.projectId, name: key.name };
}
