/** The files of losses as the backend reads them. */
import { existsSync } from 'node:fs';
import type { LossFiles } from '../../backend/ports.ts';
import { sha256Of } from '../checkpoints/durable-files.ts';
import { lossPathOf, readLosses, readTokenLosses } from './loss-file.ts';

export const lossFiles: LossFiles = {
  pathOf: lossPathOf,
  read: readLosses,
  readTokens: readTokenLosses,
  adapterHash: async path => (existsSync(path) ? sha256Of(path) : null),
};
