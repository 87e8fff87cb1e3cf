// Lint rules: the strictest typed set, errors only, plus the rules that keep Roost's rooms and resources in order.
import comments from '@eslint-community/eslint-plugin-eslint-comments/configs';
import js from '@eslint/js';
import { defineConfig, globalIgnores } from 'eslint/config';
import tseslint from 'typescript-eslint';

/** A subscription or registration whose result is thrown away belongs to nobody and leaks. */
const owned = [
  'ExpressionStatement',
  'ExpressionStatement > ChainExpression',
  'ExpressionStatement > UnaryExpression',
].flatMap((parent) => [
  {
    selector: `${parent} > CallExpression[callee.property.name=/^on(Did|Will)[A-Z]/][arguments.length<3]`,
    message: 'Owned by whom? Add the subscription to a store or return it.',
  },
  {
    selector: `${parent} > CallExpression[callee.property.name=/^(register[A-Z]|create(TreeView|StatusBarItem|OutputChannel|FileSystemWatcher|WebviewPanel)$)/]`,
    message: 'Owned by whom? Add the registration to a store or return it.',
  },
]);

/** The named import pulls every language of zod's messages into the bundle: half of its size. */
const wholeZod = {
  selector: "ImportDeclaration[source.value='zod'] ImportSpecifier",
  message: "Write: import * as z from 'zod'.",
};

/** Real time comes only from session/clock.ts's port, implemented in one file. */
const time = [
  { name: 'setTimeout', message: 'Time comes from the injected Clock.' },
  { name: 'setInterval', message: 'Time comes from the injected Clock.' },
];

const childProcess = {
  name: 'node:child_process',
  message: 'Only src/process spawns or kills.',
};

export default defineConfig(
  globalIgnores([
    'dist/',
    '.vscode-test/',
    'test/fixtures/violations/',
    'test/fixtures/workspace/',
  ]),
  js.configs.recommended,
  tseslint.configs.strictTypeChecked,
  tseslint.configs.stylisticTypeChecked,
  comments.recommended,
  {
    languageOptions: {
      parserOptions: {
        projectService: { allowDefaultProject: ['test/architecture/rooms.cjs'] },
        tsconfigRootDir: import.meta.dirname,
      },
    },
    linterOptions: { reportUnusedDisableDirectives: 'error' },
    rules: {
      '@eslint-community/eslint-comments/require-description': ['error', { ignore: [] }],
      '@typescript-eslint/switch-exhaustiveness-check': 'error',
      '@typescript-eslint/explicit-module-boundary-types': 'error',
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true }],
      '@typescript-eslint/consistent-type-definitions': 'off',
      '@typescript-eslint/no-unused-vars': ['error', { ignoreRestSiblings: true }],
      'no-restricted-syntax': ['error', ...owned, wholeZod],
      eqeqeq: 'error',
      'max-params': ['error', 4],
    },
  },
  {
    files: ['src/**/*.ts'],
    rules: {
      'no-restricted-globals': ['error', ...time],
      'no-restricted-imports': ['error', { paths: [childProcess] }],
      'no-restricted-properties': [
        'error',
        { object: 'Date', property: 'now', message: 'Time comes from the injected Clock.' },
        { object: 'Math', property: 'random', message: 'Chance comes from an injected source.' },
        { object: 'process', property: 'kill', message: 'Only src/process spawns or kills.' },
      ],
      'max-lines': ['error', { max: 340, skipComments: true, skipBlankLines: true }],
      complexity: ['error', 20],
    },
  },
  {
    files: ['src/process/**/*.ts'],
    rules: {
      'no-restricted-imports': 'off',
      'no-restricted-properties': 'off',
      'no-restricted-globals': 'off',
    },
  },
  {
    files: ['src/webview/**/*.ts', 'src/agents/workspaceAgent/**/*.ts'],
    rules: { 'no-restricted-globals': 'off' },
  },
  {
    files: ['**/*.mjs', '**/*.cjs'],
    extends: [tseslint.configs.disableTypeChecked],
    languageOptions: {
      globals: {
        process: 'readonly',
        console: 'readonly',
        module: 'readonly',
        setTimeout: 'readonly',
        setInterval: 'readonly',
        clearTimeout: 'readonly',
        clearInterval: 'readonly',
        Buffer: 'readonly',
        URL: 'readonly',
        setImmediate: 'readonly',
      },
    },
    rules: { '@typescript-eslint/explicit-module-boundary-types': 'off' },
  },
);
