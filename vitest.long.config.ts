import { defineConfig } from 'vitest/config';
import base from './vitest.config.ts';

/** What takes minutes: `npm run test:long`. */
export default defineConfig({
  test: { ...base.test, include: ['e2e/long/**/*.long.ts'], testTimeout: 900_000 },
});
