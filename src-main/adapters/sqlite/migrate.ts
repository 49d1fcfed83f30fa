import { existsSync } from 'node:fs';
import type { Migration } from './migrations.ts';
import type { SqliteDatabase } from './sqlite-database.ts';

/** Applies what is missing, each step and its version number in one transaction. */
export function migrate(
  database: SqliteDatabase,
  backupPath: string | null,
  migrations: readonly Migration[],
): void {
  if (backupPath !== null && !existsSync(backupPath)) {
    database.prepare('VACUUM INTO ?').run(backupPath);
  }
  for (const migration of migrations) {
    database
      .transaction(() => {
        if (versionOf(database) >= migration.version) return;
        database.exec(migration.sql);
        migration.fill?.(database);
        database.pragma(`user_version = ${migration.version}`);
      })
      .immediate();
  }
}

export function versionOf(database: SqliteDatabase): number {
  return Number(database.pragma('user_version', { simple: true }));
}
