/** What the page can do beyond the contract where it runs in the desktop app; null in a browser. */
import type { LuthierBridge } from '../../src-shared/contract/messages.ts';

export type Desktop = Omit<LuthierBridge, 'connect'>;

export const desktop: Desktop | null = window.luthier ?? null;
