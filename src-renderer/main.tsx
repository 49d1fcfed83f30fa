/** Starts the page: the theme, the transport, and React. */
import './validation-setup.ts';
// Features come after the design system, so that their styles may refine it.
import './ui/fonts.css';
import './ui/tokens.css';
import './ui/base.css';
import './ui/frame.css';
import './ui/controls.css';
import './ui/surfaces.css';
import './ui/token-states.css';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { App } from './app.tsx';
import { BackendProvider } from './backend-client/backend-context.tsx';
import { createClient } from './backend-client/create-client.ts';
import { createCommandRegistry } from './commands/command-registry.ts';
import { CommandProvider } from './commands/use-commands.tsx';
import { keepDraft } from './draft/keep-draft.ts';
import { leaveSteps } from './draft/left-steps.ts';
import { DraftProvider } from './draft/use-draft.tsx';
import { moveStoredSettings } from './features/settings/move-stored-settings.ts';
import { watchDrops } from './files/dropped-files.ts';
import { AnnouncerProvider } from './ui/announcer.tsx';
import { applyTheme, rememberedTheme } from './ui/theme.ts';

applyTheme(rememberedTheme());
watchDrops();

const root = document.getElementById('root');
if (!root) throw new Error('index.html has no #root.');

const client = createClient(window);
void moveStoredSettings(client, localStorage);

const draft = await keepDraft(client, localStorage, sessionStorage, crypto.randomUUID());
window.addEventListener('pagehide', () => leaveSteps(sessionStorage, draft.store));
window.addEventListener('focus', () => void draft.look());

createRoot(root).render(
  <StrictMode>
    <BackendProvider value={client}>
      <CommandProvider value={createCommandRegistry()}>
        <AnnouncerProvider>
          <DraftProvider value={draft.store}>
            <App />
          </DraftProvider>
        </AnnouncerProvider>
      </CommandProvider>
    </BackendProvider>
  </StrictMode>,
);
