import { defineConfig } from 'vitest/config';

/** What both kinds of run have in common. */
export const common = {
  environment: 'node' as const,
  pool: 'forks' as const,
  maxWorkers: 2,
  testTimeout: 120_000,
  hookTimeout: 120_000,
};

/** Functions share their processes, since starting one takes longer than most files; what loads our addon does not. */
export default defineConfig({
  test: {
    ...common,
    projects: [
      {
        extends: true,
        test: {
          name: 'parts',
          include: ['src-{shared,renderer,main}/**/*.test.{ts,tsx}', 'scripts/**/*.test.ts'],
          isolate: false,
        },
      },
      { extends: true, test: { name: 'whole', include: ['{src-native,e2e}/**/*.test.ts'] } },
    ],
  },
});
