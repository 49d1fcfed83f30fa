/** The querier process: answers one question to the history in SQL, and cannot change it. */
import { queryHistory } from '../../adapters/sqlite/query-history.ts';
import { serveJob } from '../child-channel.ts';
import type { QueryJob } from '../protocol.ts';

serveJob<QueryJob>(async ({ historyPath, sql, maxRows }) => queryHistory(historyPath, sql, maxRows));
