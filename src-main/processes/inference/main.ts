/** The inference process: answers with a model, with and without adapter, through node-llama-cpp. */
import { serveJob } from '../child-channel.ts';
import type { GenerateJob } from '../protocol.ts';
import { generate } from './generate.ts';

serveJob<GenerateJob>(generate);
