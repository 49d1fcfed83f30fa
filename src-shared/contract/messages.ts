/**
 * The messages that carry the contract over a two-way channel: Electron's IPC uses all of them, the
 * web host's socket the stream ones (its calls are POST /api/<procedure>).
 */
import { z } from 'zod';
import { codedErrorSchema } from './coded-error.ts';

const id = z.int().min(0);

export const clientMessageSchema = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('call'), id, procedure: z.string(), input: z.unknown() }),
  z.strictObject({ type: z.literal('cancel'), id }),
  z.strictObject({ type: z.literal('subscribe'), id, stream: z.string(), input: z.unknown() }),
  z.strictObject({ type: z.literal('unsubscribe'), id }),
]);
export type ClientMessage = z.infer<typeof clientMessageSchema>;

export const callResultSchema = z.discriminatedUnion('ok', [
  z.object({ ok: z.literal(true), value: z.unknown() }),
  z.object({ ok: z.literal(false), error: codedErrorSchema }),
]);
export type CallResult = z.infer<typeof callResultSchema>;

export const serverMessageSchema = z.discriminatedUnion('type', [
  z.object({ type: z.literal('result'), id, result: callResultSchema }),
  /** The subscription stands: nothing published from now on is missed. */
  z.object({ type: z.literal('subscribed'), id }),
  z.object({ type: z.literal('event'), id, event: z.unknown() }),
  /** The subscription ended, by a fault in it or because the backend closed. */
  z.object({ type: z.literal('ended'), id, error: codedErrorSchema.nullable() }),
]);
export type ServerMessage = z.infer<typeof serverMessageSchema>;

/** What the page asks the system's own dialog for: an existing file or folder, or where to save a file. */
export const fileQuestionSchema = z.strictObject({
  purpose: z.enum(['open', 'save', 'folder']),
  title: z.string().max(200),
  /** In lower case with their dot, as `.yaml`; none for all files. */
  extensions: z
    .array(z.string().regex(/^\.[a-z0-9.-]{1,20}$/))
    .max(20)
    .readonly(),
  /** Where the dialog begins; empty for where it was last. */
  path: z.string().max(4096),
});
export type FileQuestion = z.infer<typeof fileQuestionSchema>;

/**
 * What the desktop app asks of its page: to open a recipe that the system opened or a run that a notification told of,
 * or to run a command that was chosen in the menu.
 */
export type PageRequest =
  | { readonly kind: 'recipe'; readonly path: string }
  | { readonly kind: 'run'; readonly id: string }
  | { readonly kind: 'command'; readonly id: string };

/** A command of the page as the desktop app's menu shows it. */
export const menuCommandSchema = z.strictObject({
  id: z.string().regex(/^[\w.-]{1,100}$/),
  title: z.string().min(1).max(200),
  /** As commands write it: `Mod+Shift+S`. */
  shortcut: z
    .string()
    .regex(/^Mod\+(Shift\+)?([A-Z0-9,./]|Enter)$/)
    .nullable()
    .catch(null),
  enabled: z.boolean(),
});
export type MenuCommand = z.infer<typeof menuCommandSchema>;

/** What Electron's preload script offers to the page, as `window.luthier`: the contract, and files. */
export interface LuthierBridge {
  /** Opens the channel; returns what sends a message. Called once per page. */
  connect(onMessage: (message: ServerMessage) => void): (message: ClientMessage) => void;
  /** Where a dropped or chosen file lies; empty where it lies nowhere. */
  pathOf(file: File): string;
  /** The system's own dialog. Resolves to null where it was left without a choice. */
  chooseFile(question: FileQuestion): Promise<string | null>;
  /** Opens the system's file manager at a file or folder. */
  showInFolder(path: string): Promise<void>;
  /** All commands that the page offers now, for the app's menu. */
  setMenu(commands: readonly MenuCommand[]): void;
  /** Called with each request, also with the last one from before. Called once per page. */
  onRequest(listener: (request: PageRequest) => void): void;
}
