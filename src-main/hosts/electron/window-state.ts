/** Where the window was: remembered as JSON, believed only where it still fits the screens. */
import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import { z } from 'zod';

export interface Rectangle {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

export const MINIMUM_SIZE = { width: 960, height: 600 } as const;
const DEFAULT_SIZE = { width: 1280, height: 840 } as const;
/** So much of the window's top must lie on a screen that it can be seen and dragged. */
const VISIBLE = { width: 120, height: 40 } as const;

const windowStateSchema = z.object({
  bounds: z.object({
    x: z.int(),
    y: z.int(),
    width: z.int().min(MINIMUM_SIZE.width).max(20_000),
    height: z.int().min(MINIMUM_SIZE.height).max(20_000),
  }),
  isMaximized: z.boolean(),
});
type WindowState = z.infer<typeof windowStateSchema>;

/** What a new window starts with: without a position Electron centres it. */
export interface WindowPlacement {
  readonly bounds: Rectangle | { readonly width: number; readonly height: number };
  readonly isMaximized: boolean;
}

/**
 * The remembered placement, or a default one where none is stored, the file is broken, or no screen
 * (`workAreas`) shows enough of the window any more, as when a monitor was unplugged.
 */
export function readWindowPlacement(file: string, workAreas: readonly Rectangle[]): WindowPlacement {
  const state = parseState(file);
  if (state !== null && workAreas.some(area => shows(area, state.bounds))) return state;
  return { bounds: DEFAULT_SIZE, isMaximized: state?.isMaximized ?? false };
}

function parseState(file: string): WindowState | null {
  try {
    return windowStateSchema.parse(JSON.parse(readFileSync(file, 'utf8')));
  } catch {
    return null; // absent, unreadable or not ours: a default window loses nothing of worth
  }
}

function shows(area: Rectangle, bounds: Rectangle): boolean {
  const width = Math.min(area.x + area.width, bounds.x + bounds.width) - Math.max(area.x, bounds.x);
  const isTopInside = bounds.y >= area.y && bounds.y + VISIBLE.height <= area.y + area.height;
  return isTopInside && width >= VISIBLE.width;
}

/**
 * Replaces the file in one step. Synchronous, for the window is closing and the process may follow.
 * Where it cannot be written the placement is forgotten: a full disk must not keep a window open.
 */
export function writeWindowState(file: string, state: WindowState): void {
  const temporary = `${file}.tmp`;
  try {
    writeFileSync(temporary, `${JSON.stringify(state)}\n`);
    renameSync(temporary, file);
  } catch {
    // The next window opens at its default place.
  }
}
