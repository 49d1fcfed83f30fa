/** The export process: writes a run's result in the form that another program wants. */
import { serveJob } from '../child-channel.ts';
import type { ExportJob } from '../protocol.ts';
import { writeExport } from './write-export.ts';

serveJob<ExportJob>(writeExport);
