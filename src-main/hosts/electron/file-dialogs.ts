/** The system's own file dialogs, for the window's page. */
import { isAbsolute } from 'node:path';
import { type BrowserWindow, dialog, type FileFilter, shell } from 'electron';
import { z } from 'zod';
import { type FileQuestion, fileQuestionSchema } from '../../../src-shared/contract/messages.ts';
import { CHANNELS } from './channels.ts';
import { isOwnPage } from './ipc.ts';

/** Answers the page's questions for a file with a path, or with null; a question of another page is an error to it. */
export function offerFileDialogs(window: BrowserWindow): void {
  const { webContents } = window;
  webContents.ipc.handle(CHANNELS.chooseFile, async (event, question: unknown) => {
    if (!isOwnPage(event, webContents)) throw new Error('Only the studio asks for files.');
    return await chooseFile(window, fileQuestionSchema.parse(question));
  });
  webContents.ipc.handle(CHANNELS.showInFolder, (event, path: unknown) => {
    if (!isOwnPage(event, webContents)) throw new Error('Only the studio asks for files.');
    shell.showItemInFolder(shownPathSchema.parse(path));
  });
}

const shownPathSchema = z.string().max(4096).refine(isAbsolute);

async function chooseFile(window: BrowserWindow, question: FileQuestion): Promise<string | null> {
  const options = {
    title: question.title,
    filters: filtersFor(question),
    ...(question.path === '' ? {} : { defaultPath: question.path }),
  };
  if (question.purpose === 'save') {
    const { canceled, filePath } = await dialog.showSaveDialog(window, {
      ...options,
      properties: ['createDirectory', 'showOverwriteConfirmation'],
    });
    return canceled || filePath === '' ? null : filePath;
  }
  const { canceled, filePaths } = await dialog.showOpenDialog(window, {
    ...options,
    properties: question.purpose === 'folder' ? ['openDirectory', 'createDirectory'] : ['openFile'],
  });
  return canceled ? null : (filePaths[0] ?? null);
}

function filtersFor({ title, extensions }: FileQuestion): FileFilter[] {
  const everything = { name: '*', extensions: ['*'] };
  if (extensions.length === 0) return [everything];
  return [{ name: title, extensions: extensions.map(extension => extension.slice(1)) }, everything];
}
