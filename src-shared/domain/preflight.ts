/** What preflight found, in the form that every face of Luthier shows. */
import { z } from 'zod';

export const severitySchema = z.enum(['error', 'warning', 'info', 'ok']);
export type Severity = z.infer<typeof severitySchema>;

/** What the report says once a fix is applied; figures that the fix does not touch are left out. */
const fixPromiseSchema = z.object({
  /** Of the check that the fix belongs to. */
  severity: severitySchema,
  count: z.number(),
  kept: z.number().optional(),
  trainableTokens: z.number().optional(),
  truncatedExamples: z.number().optional(),
  steps: z.number().optional(),
  memoryBytes: z.number().optional(),
  /** Examples that were labelled again to know, out of all; the figures above are about these. */
  tried: z.number(),
  examples: z.number(),
});

/** A change of recipe keys that was tried before it is offered; the label says its computed effect. */
export const fixSchema = z.object({
  id: z.string(),
  label: z.string(),
  set: z.record(z.string(), z.unknown()),
  /** The label's figures, for programs. Reports of earlier versions have none. */
  promise: fixPromiseSchema.optional(),
});
export type Fix = z.infer<typeof fixSchema>;

export const checkSchema = z.object({
  id: z.string(),
  severity: severitySchema,
  title: z.string(),
  cause: z.string(),
  count: z.number(),
  /** The first rows concerned, counted from 0; `count` says how many there are. */
  rows: z.array(z.number()),
  fixes: z.array(fixSchema),
  /** True for a blocking check that `preflight.allow` lets pass. */
  allowed: z.boolean().optional(),
});
export type Check = z.infer<typeof checkSchema>;

export const preflightTotalsSchema = z.object({
  examples: z.number(),
  kept: z.number(),
  dropped: z.record(z.string(), z.number()),
  tokens: z.number(),
  trainableTokens: z.number(),
  truncatedExamples: z.number(),
  steps: z.number(),
  lengths: z.object({ p50: z.number(), p95: z.number(), max: z.number() }),
});
export type PreflightTotals = z.infer<typeof preflightTotalsSchema>;

/** Of data that was not looked at. */
export const NO_TOTALS: z.infer<typeof preflightTotalsSchema> = {
  examples: 0,
  kept: 0,
  dropped: {},
  tokens: 0,
  trainableTokens: 0,
  truncatedExamples: 0,
  steps: 0,
  lengths: { p50: 0, p95: 0, max: 0 },
};

export const preflightReportSchema = z.object({
  status: z.enum(['ready', 'blocked']),
  totals: preflightTotalsSchema,
  checks: z.array(checkSchema),
  estimate: z.object({
    memoryBytes: z.number(),
    secondsPerStep: z.number().nullable(),
    assumptions: z.array(z.string()),
  }),
});
export type PreflightReport = z.infer<typeof preflightReportSchema>;
