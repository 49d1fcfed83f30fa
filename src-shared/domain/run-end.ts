/** What is told of a run that has ended, by a notification of the system or by the page. */
import type { z } from 'zod';
import { runDetailsSchema } from './run.ts';

/** So much of a run's details decides what is told. */
export const endedRunSchema = runDetailsSchema.pick({
  id: true,
  name: true,
  status: true,
  plannedSteps: true,
  stepsDone: true,
  lastSteps: true,
  error: true,
});
export type EndedRun = z.infer<typeof endedRunSchema>;

/** Null where nobody waits for the news: the run goes on, or somebody stopped it and knows. */
export function tellEnd(run: EndedRun): { readonly title: string; readonly body: string } | null {
  if (run.status === 'completed') {
    const steps = run.stepsDone === 1 ? '1 step' : `${run.stepsDone} steps`;
    const loss = run.lastSteps.at(-1)?.loss;
    const last = loss === undefined ? '' : `, last loss ${loss.toFixed(3)}`;
    return { title: `${run.name} is completed`, body: `${steps}${last}.` };
  }
  if (run.status !== 'failed') return null;
  return { title: `${run.name} failed`, body: run.error?.title ?? 'Its page says where.' };
}
