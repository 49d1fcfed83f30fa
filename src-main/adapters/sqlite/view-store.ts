/** Saved views of the history, in its own file so that they go wherever it goes. */
import { runViewSchema, type SavedView } from '../../../src-shared/domain/run-view.ts';
import type { RunStore } from '../../backend/ports.ts';
import type { SqliteDatabase } from './sqlite-database.ts';

export function createViewStore(
  database: SqliteDatabase,
): Pick<RunStore, 'views' | 'saveView' | 'removeView'> {
  const list = database.prepare('SELECT name, view FROM views ORDER BY name COLLATE NOCASE, name');
  const save = database.prepare('INSERT OR REPLACE INTO views (name, view) VALUES (?, ?)');
  const remove = database.prepare('DELETE FROM views WHERE name = ?');
  return {
    // One that a later version has saved may be of a form that is unknown here: it stays for that version.
    views: () => (list.all() as { name: string; view: string }[]).flatMap(readView),
    saveView: ({ name, view }) => void save.run(name, JSON.stringify(view)),
    removeView: name => remove.run(name).changes > 0,
  };
}

function readView({ name, view }: { readonly name: string; readonly view: string }): SavedView[] {
  const parsed = runViewSchema.safeParse(JSON.parse(view));
  return parsed.success ? [{ name, view: parsed.data }] : [];
}
