import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import eslint from '@eslint/js';
import graphql from '@graphql-eslint/eslint-plugin';
import { parse } from 'graphql';
import tseslint from 'typescript-eslint';

// type-graphql would guess a type from decorator metadata, which this project does not emit: name it, as `@Field(() => String)`.
const withoutType = (decorator, position) => ({
  selector: `Decorator[expression.callee.name="${decorator}"]:not([expression.arguments.${position}.type="ArrowFunctionExpression"])`,
  message: `Give @${decorator} its type as a function, such as @${decorator}(${position === 0 ? '' : "'name', "}() => String).`,
});
const noDefaultExport = { selector: 'ExportDefaultDeclaration', message: 'Export it by its name.' };

const SCHEMA = 'schema/schema.graphql';

/** What is no thing of its own, and so has no id: everything that does not implement Node. */
const withoutId = parse(readFileSync(join(import.meta.dirname, SCHEMA), 'utf8'))
  .definitions.filter(
    ({ kind, interfaces = [] }) => kind === 'ObjectTypeDefinition' && interfaces.every(({ name }) => name.value !== 'Node'),
  )
  .map(({ name }) => name.value);

export default tseslint.config(
  { ignores: ['dist/', 'node_modules/', 'coverage/', 'data/', 'test/generated/', 'src/dashboard/generated/'] },
  eslint.configs.recommended,
  ...tseslint.configs.recommended,
  {
    files: ['**/*.{ts,tsx}'],
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    rules: {
      'no-console': 'error',
      eqeqeq: 'error',
      'no-restricted-syntax': [
        'error',
        noDefaultExport,
        ...['Field', 'Query', 'Mutation', 'Subscription', 'FieldResolver'].map((name) => withoutType(name, 0)),
        withoutType('Arg', 1),
      ],
      '@typescript-eslint/consistent-type-imports': ['error', { fixStyle: 'inline-type-imports', disallowTypeAnnotations: false }],
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_', ignoreRestSiblings: true }],
      // A promise that nobody waits for is an error that nobody sees.
      '@typescript-eslint/no-floating-promises': 'error',
      '@typescript-eslint/no-misused-promises': ['error', { checksVoidReturn: false }],
      '@typescript-eslint/switch-exhaustiveness-check': ['error', { considerDefaultExhaustiveForUnions: true }],
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
  { files: ['test/**', 'bench/**', 'samples/**'], rules: { 'no-console': 'off' } },
  {
    files: ['**/*.js', 'bin/*'],
    languageOptions: {
      sourceType: 'commonjs',
      globals: {
        module: 'writable',
        require: 'readonly',
        process: 'readonly',
        console: 'readonly',
        __dirname: 'readonly',
        __filename: 'readonly',
      },
    },
    rules: { '@typescript-eslint/no-require-imports': 'off' },
  },
);
