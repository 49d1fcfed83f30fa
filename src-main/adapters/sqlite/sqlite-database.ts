import type Database from 'better-sqlite3';

export type SqliteDatabase = Database.Database;
