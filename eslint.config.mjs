import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import graphql from '@graphql-eslint/eslint-plugin';
import * as typescript from '@typescript-eslint/parser';
import { parse } from 'graphql';

// type-graphql would guess a type from decorator metadata, which this project does not emit: name it, as `@Field(() => String)`.
const withoutType = (decorator, position) => ({
  selector: `Decorator[expression.callee.name="${decorator}"]:not([expression.arguments.${position}.type="ArrowFunctionExpression"])`,
  message: `Give @${decorator} its type as a function, such as @${decorator}(${position === 0 ? '' : "'name', "}() => String).`,
});

const SCHEMA = 'schema/schema.graphql';

/** What is no thing of its own, and so has no id: everything that does not implement Node. */
const withoutId = parse(readFileSync(join(import.meta.dirname, SCHEMA), 'utf8'))
  .definitions.filter(
    ({ kind, interfaces = [] }) => kind === 'ObjectTypeDefinition' && interfaces.every(({ name }) => name.value !== 'Node'),
  )
  .map(({ name }) => name.value);

// What `oxlint` (.oxlintrc.json), which checks all the rest, has no rule for: the decorators of the schema, and its SDL.
export default [
  {
    files: ['schema/**/*.ts'],
    languageOptions: { parser: typescript },
    rules: {
      'no-restricted-syntax': [
        'error',
        ...['Field', 'Query', 'Mutation', 'Subscription', 'FieldResolver'].map((name) => withoutType(name, 0)),
        withoutType('Arg', 1),
      ],
    },
  },
  {
    files: [SCHEMA],
    languageOptions: { parser: graphql.parser, parserOptions: { graphQLConfig: { schema: SCHEMA } } },
    plugins: { '@graphql-eslint': graphql },
    rules: {
      '@graphql-eslint/strict-id-in-types': ['error', { exceptions: { types: withoutId } }],
      '@graphql-eslint/relay-arguments': 'error',
      '@graphql-eslint/relay-connection-types': 'error',
      '@graphql-eslint/relay-page-info': 'error',
      // `nodes` beside `edges`, and plain lists of what is bounded, are easier to ask for; and an entry of a history is no thing that is asked for by an id.
      '@graphql-eslint/relay-edge-types': ['error', { listTypeCanWrapOnlyEdgeType: false, shouldImplementNode: false }],
      '@graphql-eslint/require-description': [
        'error',
        { types: true, FieldDefinition: true, InputValueDefinition: true, EnumValueDefinition: true },
      ],
      '@graphql-eslint/no-unreachable-types': 'error',
      '@graphql-eslint/unique-enum-value-names': 'error',
    },
  },
];
