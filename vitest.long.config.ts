import { defineConfig } from 'vitest/config';
import { common } from './vitest.config.ts';

/** What takes minutes: `npm run test:long`. */
export default defineConfig({
  test: { ...common, include: ['e2e/long/**/*.long.ts'], testTimeout: 900_000 },
});
