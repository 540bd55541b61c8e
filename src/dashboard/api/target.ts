/** Names one thing in the input of a command. */
export function targetOf({ id }: { readonly id: string }) {
  return { id };
}
