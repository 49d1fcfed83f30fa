/** Chooses the transport: Electron's bridge where the preload script offers it, else the web host. */
import type { LuthierBridge } from '../../src-shared/contract/messages.ts';
import { createBridgeTransport } from './bridge-transport.ts';
import { type BackendClient, createBackendClient } from './client.ts';
import { createWebTransport } from './web-transport.ts';

declare global {
  interface Window {
    readonly luthier?: LuthierBridge;
  }
}

export function createClient(page: Window): BackendClient {
  return createBackendClient(
    page.luthier ? createBridgeTransport(page.luthier) : createWebTransport(new URL('/', page.location.href)),
  );
}
