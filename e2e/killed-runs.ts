/** Kills a run with `kill -9` again and again, resumes it each time, and compares it with one that ran through. */
import { existsSync, readdirSync, readFileSync, watch } from 'node:fs';
import { join } from 'node:path';
import type { Evaluation, StepMetric, TrainingEvent } from '../src-shared/domain/training.ts';
import { demoDirectory, demoModel, type Running, runLuthier, startLuthier } from './luthier-process.ts';

/** When a run is killed: after so many of its new steps and a random while, or inside a checkpoint's writing. */
export type Moment = { readonly afterSteps: number } | 'inside a checkpoint';

export interface Kill {
  readonly restartStep: number;
  readonly savedMs: number;
  readonly wasWriting: boolean;
}

/** 28 steps over two epochs, with a validation set, and a state (dropout, noise) that a resumption could lose. */
export const longEnoughRecipe = (checkpointEverySteps: number, more = '') => `version: 1
name: killed
model: {path: ${JSON.stringify(demoModel)}}
dataset: {path: ${JSON.stringify(join(demoDirectory, 'train.jsonl'))}, limit: 120, validation: {fraction: 0.1}}
collator: {maxLength: 256}
adapter: {rank: 8, alpha: 16, dropout: 0.1}
training: {epochs: 2, batchSize: 4, gradientAccumulationSteps: 2, warmupSteps: 2, neftuneAlpha: 5, evaluateEverySteps: 5,
  checkpointEverySteps: ${checkpointEverySteps}, keepCheckpoints: 2${more}}
`;

export async function resumeUntilDone(recipe: string, home: string, moments: readonly Moment[]) {
  const kills: Kill[] = [];
  let id = '';
  for (const moment of moments) {
    const running = startLuthier(trainArgs(recipe, home, id));
    const first = (await running.line(value => value['type'] === 'run')) as RunEvent;
    id = first.id;
    await untilMoment(running, moment, resumedOf(first).restartStep, join(home, 'runs', id, 'checkpoints'));
    process.kill(-(running.child.pid ?? 0), 'SIGKILL');
    await running.finished;
    kills.push({ ...resumedOf(first), wasWriting: leftovers(home, id).length > 0 });
  }
  const { code, json, stderr } = await runLuthier(...trainArgs(recipe, home, id));
  if (code !== 0) throw new Error(`The last resumption ended with ${code}: ${stderr}`);
  return { id, kills, last: resumedOf(json[0] as RunEvent), ...(await shown(home, id)) };
}

export async function runThrough(recipe: string, home: string) {
  const { json } = await runLuthier(...trainArgs(recipe, home, ''));
  return await shown(home, (json[0] as RunEvent).id);
}

type RunEvent = Extract<TrainingEvent, { type: 'run' }>;

function trainArgs(recipe: string, home: string, id: string): string[] {
  return ['train', recipe, '--json', '--home', home, ...(id === '' ? [] : ['--resume', id])];
}

function resumedOf({ resumed }: RunEvent) {
  return { restartStep: (resumed?.fromStep ?? 0) + 1, savedMs: resumed?.savedMs ?? 0 };
}

async function untilMoment(
  running: Running,
  moment: Moment,
  restartStep: number,
  checkpoints: string,
): Promise<void> {
  if (moment !== 'inside a checkpoint') {
    const last = restartStep + moment.afterSteps - 1;
    if (moment.afterSteps > 0)
      await running.line(value => value['type'] === 'step' && Number(value['step']) >= last);
    await new Promise(resolve => setTimeout(resolve, Math.random() * 60));
    return;
  }
  await running.line(value => value['type'] === 'step');
  await new Promise<void>((resolve, reject) => {
    const watcher = watch(existsSync(checkpoints) ? checkpoints : join(checkpoints, '..'), {
      recursive: true,
    });
    watcher.on('change', (_kind, name) => {
      if (!String(name).includes('.partial')) return;
      watcher.close();
      resolve();
    });
    void running.finished.then(() => reject(new Error('The run ended before it wrote a checkpoint.')));
  });
}

function leftovers(home: string, id: string): string[] {
  const folder = join(home, 'runs', id, 'checkpoints');
  return existsSync(folder) ? readdirSync(folder).filter(name => name.endsWith('.partial')) : [];
}

/** What must be the same however often the run was killed. */
async function shown(home: string, id: string) {
  const { json } = await runLuthier('runs', 'show', id, '--json', '--home', home);
  const run = json[0] as {
    status: string;
    steps: StepMetric[];
    evaluations: Evaluation[];
    checkpoints: { step: number; path: string }[];
    resumptions: { fromStep: number; savedMs: number }[];
    adapterPath: string;
    bestAdapterPath: string;
  };
  return {
    run,
    course: {
      status: run.status,
      steps: run.steps.map(({ step, epoch, loss, learningRate, gradNorm, trainableTokens, tokens }) => ({
        step,
        epoch,
        loss,
        learningRate,
        gradNorm,
        trainableTokens,
        tokens,
      })),
      evaluations: run.evaluations,
      checkpointSteps: run.checkpoints.map(({ step }) => step),
    },
    adapter: readFileSync(run.adapterPath),
    bestAdapter: readFileSync(run.bestAdapterPath),
  };
}
