/** The layers: imports run one way, type imports included. docs/architecture.md draws the picture. */

const only = (name, from, to, comment) => ({
  name,
  comment,
  severity: 'error',
  from: { path: from, pathNot: '\\.test\\.tsx?$' },
  to: { path: '^src-|^scripts/|^e2e/', pathNot: [from, ...to] },
});

const shared = '^src-shared/';
const binding = '^src-native/binding\\.d\\.ts$';

export default {
  forbidden: [
    {
      name: 'no-circular',
      comment: 'Two files that need each other are one story, or a third one.',
      severity: 'error',
      from: {},
      to: { circular: true },
    },
    {
      name: 'no-unresolvable',
      comment: 'An import that leads nowhere.',
      severity: 'error',
      from: {},
      to: { couldNotResolve: true, pathNot: '^virtual:' },
    },
    only('shared-imports-nothing-of-ours', shared, [], 'src-shared is words and contract.'),
    {
      name: 'shared-imports-zod-only',
      comment: 'src-shared runs in the page and in every process.',
      severity: 'error',
      from: { path: shared, pathNot: '\\.test\\.ts$' },
      to: { dependencyTypes: ['npm', 'npm-dev', 'npm-optional', 'core'], pathNot: 'node_modules/zod/' },
    },
    only(
      'renderer-imports-shared-only',
      '^src-renderer/',
      [shared],
      'The page reaches the backend by the contract.',
    ),
    {
      name: 'renderer-imports-no-node',
      comment: 'The page is sandboxed.',
      severity: 'error',
      from: { path: '^src-renderer/', pathNot: '\\.test\\.tsx?$' },
      to: { dependencyTypes: ['core'] },
    },
    {
      name: 'features-do-not-import-each-other',
      comment: 'Features are composed in app.tsx.',
      severity: 'error',
      from: { path: '^src-renderer/features/([^/]+)/' },
      to: { path: '^src-renderer/features/([^/]+)/', pathNot: '^src-renderer/features/$1/' },
    },
    only(
      'pipeline-is-pure',
      '^src-main/pipeline/',
      [shared],
      'The pipeline takes values and returns values.',
    ),
    {
      name: 'pipeline-touches-no-machine',
      comment: 'No clock, file, database or process inside the pipeline.',
      severity: 'error',
      from: { path: '^src-main/pipeline/', pathNot: '\\.test\\.ts$' },
      to: { dependencyTypes: ['core', 'npm', 'npm-dev', 'npm-optional'] },
    },
    only(
      'backend-knows-ports-only',
      '^src-main/backend/',
      ['^src-main/pipeline/', shared],
      'Adapters implement its ports.',
    ),
    only(
      'adapters-import-inwards',
      '^src-main/adapters/',
      [
        '^src-main/backend/ports\\.ts$',
        '^src-main/pipeline/',
        '^src-main/processes/protocol\\.ts$',
        shared,
        binding,
      ],
      'Adapters implement ports and know the protocol of the processes that they start.',
    ),
    only(
      'processes-import-inwards',
      '^src-main/processes/',
      [
        '^src-main/adapters/(checkpoints|losses|native|peft|prepared|readers|sqlite)/',
        '^src-main/pipeline/',
        shared,
        binding,
      ],
      'A process does one job with the pipeline and the adapters that it needs.',
    ),
    {
      name: 'nothing-imports-hosts',
      comment: 'Hosts are the outermost layer.',
      severity: 'error',
      from: { pathNot: '^src-main/hosts/|^e2e/|^src-.*\\.test\\.ts$' },
      to: { path: '^src-main/hosts/' },
    },
    {
      name: 'electron-stays-in-its-host',
      comment: 'Everything else runs without Electron.',
      severity: 'error',
      from: { pathNot: '^src-main/hosts/electron/|^src-main/adapters/processes/electron-launcher\\.ts$' },
      to: { path: 'node_modules/electron/' },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '\\.css$' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'node', 'default', 'types'],
    },
  },
};
