import type { DocumentNode } from 'graphql';

/** The name of an operation: a client's own documents are not the ones that it was given. */
export function operationName({ definitions }: DocumentNode): string | undefined {
  const operation = definitions.find(({ kind }) => kind === 'OperationDefinition');
  return operation?.kind === 'OperationDefinition' ? operation.name?.value : undefined;
}
