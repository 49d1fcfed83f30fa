/** Checkpoints as the backend sees them. */
import type { Checkpoints } from '../../backend/ports.ts';
import {
  listCheckpoints,
  newestWholeCheckpoint,
  removeCheckpointsExcept,
  removeLeftovers,
} from './checkpoint-folders.ts';

export const checkpoints: Checkpoints = {
  list: listCheckpoints,
  async newestWhole(runDirectory, notBeyondStep) {
    const { checkpoint, damaged } = await newestWholeCheckpoint(runDirectory, notBeyondStep);
    if (checkpoint === null) return { checkpoint, damaged };
    const { step, path, meta } = checkpoint;
    return { checkpoint: { step, path, elapsedMs: meta.elapsedMs }, damaged };
  },
  removeBeyond(runDirectory, step) {
    removeLeftovers(runDirectory);
    const kept = listCheckpoints(runDirectory).filter(checkpoint => checkpoint.step <= step);
    removeCheckpointsExcept(runDirectory, new Set(kept.map(checkpoint => checkpoint.step)));
  },
};
