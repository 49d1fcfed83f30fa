/** The procedures behind the Settings page. */
import { z } from 'zod';
import { settingsViewSchema } from '../domain/settings.ts';

const nothing = z.strictObject({});

export const SETTINGS_PROCEDURES = {
  'settings.show': { input: nothing, output: settingsViewSchema },
  /**
   * Sets what is named and leaves the rest. Errors: `settings.invalid` with every fault and its place, after which
   * nothing has changed; `settings.notWritten`. A smaller cache limit is kept to at once.
   */
  'settings.change': {
    input: z.strictObject({ changes: z.record(z.string(), z.unknown()) }),
    output: settingsViewSchema,
  },
} as const satisfies Record<string, { input: z.ZodType; output: z.ZodType }>;

export const SETTINGS_STREAMS = {
  /** Somebody has changed these. */
  'settings.changed': { input: nothing, event: z.object({ names: z.array(z.string()) }) },
} as const satisfies Record<string, { input: z.ZodType; event: z.ZodType }>;
