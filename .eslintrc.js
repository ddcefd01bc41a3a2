// The lint rules: type-checked TypeScript rules, and the direction of imports between the layers of src/.
import tseslint from 'typescript-eslint';
import importX from 'eslint-plugin-import-x';

/**
 * The layers of src/, lowest first. A file may import its own layer's folder and any layer below it.
 * Folders of one layer do not import each other.
 */
const layers = [
  ['config', 'protocol'],
  ['log'],
  ['events'],
  ['engine'],
  ['migration'],
  ['auth'],
  ['limits'],
  ['http', 'pages'],
  ['connections'],
  ['delivery'],
  ['rooms', 'presence', 'audit', 'tracing', 'webhooks'],
  ['gateway', 'health'],
  ['sse'],
  ['metrics'],
  ['console', 'docs', 'admin'],
];

/** A folder that imports only what is named here, whatever its layer. */
const confined = { cli: ['protocol', 'config', 'client'], client: ['protocol'], protocol: [], config: [], log: ['protocol'] };

function forbiddenFrom(folder) {
  const all = layers.flat();
  if (folder in confined) return [...all, ...Object.keys(confined)].filter((name) => name !== folder && !confined[folder].includes(name));
  const level = layers.findIndex((names) => names.includes(folder));
  return [...layers.slice(level).flat().filter((name) => name !== folder), 'cli', 'client'];
}

const boundaries = [...new Set([...layers.flat(), ...Object.keys(confined)])].map((folder) => ({
  files: [`src/${folder}/**/*.ts`],
  rules: {
    'no-restricted-imports': [
      'error',
      {
        patterns: [
          {
            regex: `^(\\.\\./)+(${forbiddenFrom(folder).join('|')})(/|$)`,
            message: `src/${folder} may not import that folder: imports run downward only (docs/architecture.md).`,
          },
          {
            regex: '^(\\.\\./)+(app\\.module|chat-delivery\\.module|main)\\.js$',
            message: 'The root modules import the folders, never the reverse.',
          },
        ],
      },
    ],
  },
}));

export default tseslint.config(
  { ignores: ['dist/**', 'node_modules/**', 'reports/**', 'data/**', 'coverage/**', 'docs/.vitepress/dist/**', 'docs/.vitepress/.temp/**'] },
  {
    files: ['**/*.ts', '**/*.tsx'],
    ignores: ['examples/**'],
    extends: [...tseslint.configs.recommendedTypeChecked],
    plugins: { 'import-x': importX },
    languageOptions: { parserOptions: { project: './tsconfig.json', tsconfigRootDir: import.meta.dirname } },
    rules: {
      '@typescript-eslint/explicit-function-return-type': ['error', { allowExpressions: true }],
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_' }],
      '@typescript-eslint/consistent-type-imports': ['error', { fixStyle: 'inline-type-imports', disallowTypeAnnotations: false }],
      '@typescript-eslint/switch-exhaustiveness-check': ['error', { considerDefaultExhaustiveForUnions: true }],
      'import-x/no-cycle': ['error', { maxDepth: 12 }],
      eqeqeq: ['error', 'always'],
      'no-console': 'error',
    },
    settings: {
      'import-x/resolver-next': [importX.createNodeResolver({ extensionAlias: { '.js': ['.ts', '.tsx', '.js'] } })],
    },
  },
  {
    files: ['web/**/*.ts', 'web/**/*.tsx'],
    languageOptions: { parserOptions: { project: './web/tsconfig.json', tsconfigRootDir: import.meta.dirname } },
    rules: {
      'no-restricted-imports': ['error', { patterns: [{ regex: '^(\\.\\./)+src/(?!client/|protocol/)', message: 'The console may import the client library and protocol/ of src/, nothing of the server.' }] }],
      'no-restricted-properties': [
        'error',
        ...['innerHTML', 'outerHTML', 'insertAdjacentHTML', 'dangerouslySetInnerHTML'].map((property) => ({ property, message: 'What comes from the server is shown as text, never as markup.' })),
      ],
    },
  },
  {
    files: ['web/docs/**/*.ts', 'web/docs/**/*.tsx'],
    rules: { 'no-restricted-imports': ['error', { patterns: [{ regex: '^(\\.\\./){3,}src/', message: 'The page about the API may import the console, nothing of the server.' }] }] },
  },
  // Their types are those of the packed package: the suite `package` checks them.
  { files: ['examples/**/*.ts', 'examples/**/*.tsx'], extends: [...tseslint.configs.recommended], rules: { '@typescript-eslint/no-non-null-assertion': 'off' } },
  {
    files: ['src/**/*.ts'],
    ignores: ['src/config/**', 'src/cli/**', 'src/**/*.spec.ts'],
    rules: { 'no-restricted-syntax': ['error', { selector: "MemberExpression[object.name='process'][property.name='env']", message: 'Settings are read once, in src/config.' }] },
  },
  { files: ['src/cli/**/*.ts', 'test/**/*.ts'], rules: { 'no-console': 'off' } },
  {
    files: ['test/**/*.ts', 'src/**/*.spec.ts', 'web/src/**/*.spec.ts'],
    rules: {
      '@typescript-eslint/explicit-function-return-type': 'off',
      '@typescript-eslint/no-unsafe-assignment': 'off',
      '@typescript-eslint/no-unsafe-member-access': 'off',
      '@typescript-eslint/no-unsafe-argument': 'off',
      '@typescript-eslint/no-unsafe-return': 'off',
    },
  },
  ...boundaries,
);
