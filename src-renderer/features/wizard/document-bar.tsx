/** The recipe as a document: undo, redo, open, save, copy, start over; buttons, shortcuts and palette alike. */
import { ClipboardCopy, FilePlus2, FolderOpen, Redo2, Save, Undo2 } from 'lucide-react';
import { useEffect, useState } from 'react';
import type { CodedError } from '../../../src-shared/contract/coded-error.ts';
import { useBackend } from '../../backend-client/backend-context.tsx';
import { desktop } from '../../backend-client/desktop.ts';
import { useCommand } from '../../commands/use-commands.tsx';
import type { DraftRecipe } from '../../draft/recipe-values.ts';
import { emptyRecipe } from '../../draft/recipe-values.ts';
import { PathField } from '../../files/path-field.tsx';
import { wizardStrings } from '../../strings/wizard.ts';
import { useAnnounce } from '../../ui/announcer.tsx';
import { Button, IconButton } from '../../ui/button.tsx';
import { ErrorCallout } from '../../ui/callout.tsx';
import { useWizard } from './use-wizard.tsx';

const strings = wizardStrings.document;
const RECIPES = ['.yaml', '.yml'];

export function DocumentBar() {
  const { draft } = useWizard();
  const { store } = draft;
  const client = useBackend();
  const announce = useAnnounce();
  const [asking, setAsking] = useState<'open' | 'save' | null>(null);
  const [error, setError] = useState<CodedError | null>(null);
  const [notice, setNotice] = useState('');

  const say = (text: string) => {
    setNotice(text);
    announce(text);
  };
  const save = async (path: string, overwrite: boolean) => {
    const outcome = await client.call('recipe.save', {
      recipe: { ...draft.recipe },
      path,
      overwrite,
      fromRun: draft.parent?.id ?? null,
    });
    setError(outcome.ok ? null : outcome.error);
    if (!outcome.ok) {
      setAsking('save');
      return;
    }
    store.markSaved(outcome.value.path);
    setAsking(null);
    say(strings.saved(outcome.value.path));
  };
  const open = async (path: string) => {
    const outcome = await client.call('recipe.open', { kind: 'file', path });
    setError(outcome.ok ? null : outcome.error);
    if (!outcome.ok) return;
    const { recipe, parent } = outcome.value;
    store.replace(recipe as DraftRecipe, outcome.value.path, parent);
    setAsking(null);
  };
  /** The desktop app has the system's dialog, which also asks before it names a file that is there. */
  const ask = async (purpose: 'open' | 'save') => {
    if (!desktop) return setAsking(purpose);
    const title = purpose === 'open' ? strings.open : strings.save;
    const path = await desktop.chooseFile({ purpose, title, extensions: RECIPES, path: draft.path ?? '' });
    if (path === null) return;
    await (purpose === 'open' ? open(path) : save(path, true));
  };
  const copy = async () => {
    const outcome = await client.call('recipe.yaml', { recipe: { ...draft.recipe } });
    setError(outcome.ok ? null : outcome.error);
    if (!outcome.ok) return;
    try {
      await navigator.clipboard.writeText(outcome.value.yaml);
      say(strings.copied);
    } catch {
      say(strings.notCopied);
    }
  };

  const undo = useCommand({
    id: 'recipe.undo',
    title: strings.undo,
    shortcut: 'Mod+Z',
    enabled: draft.canUndo,
    run: store.undo,
  });
  const redo = useCommand({
    id: 'recipe.redo',
    title: strings.redo,
    shortcut: 'Mod+Shift+Z',
    enabled: draft.canRedo,
    run: store.redo,
  });
  const openCommand = useCommand({
    id: 'recipe.open',
    title: strings.open,
    shortcut: 'Mod+O',
    enabled: true,
    run: () => void ask('open'),
  });
  const saveCommand = useCommand({
    id: 'recipe.save',
    title: strings.save,
    shortcut: 'Mod+S',
    enabled: true,
    run: () => void (draft.path === null ? ask('save') : save(draft.path, true)),
  });
  useCommand({
    id: 'recipe.saveAs',
    title: strings.saveAs,
    shortcut: 'Mod+Shift+S',
    enabled: true,
    run: () => void ask('save'),
  });
  const copyCommand = useCommand({
    id: 'recipe.copy',
    title: strings.copy,
    shortcut: 'Mod+Shift+C',
    enabled: true,
    run: () => void copy(),
  });
  const restart = useCommand({
    id: 'recipe.restart',
    title: strings.restart,
    enabled: true,
    run: () => store.replace(emptyRecipe(), null),
  });
  useEffect(() => {
    if (notice === '') return;
    const timer = setTimeout(() => setNotice(''), NOTICE_MS);
    return () => clearTimeout(timer);
  }, [notice]);

  return (
    <>
      {/* biome-ignore lint/a11y/useSemanticElements: a fieldset cannot be laid out in a row */}
      <div className="document-bar" role="group" aria-label={strings.label}>
        <IconButton label={undo.title} icon={Undo2} isDisabled={!undo.enabled} onClick={undo.run} />
        <IconButton label={redo.title} icon={Redo2} isDisabled={!redo.enabled} onClick={redo.run} />
        <IconButton label={openCommand.title} icon={FolderOpen} onClick={openCommand.run} />
        <IconButton label={saveCommand.title} icon={Save} onClick={saveCommand.run} />
        <IconButton label={copyCommand.title} icon={ClipboardCopy} onClick={copyCommand.run} />
        <IconButton label={restart.title} icon={FilePlus2} onClick={restart.run} />
      </div>
      {(asking || error || draft.notKept || notice !== '') && (
        <div className="document-panel">
          {notice !== '' && <p className="soft">{notice}</p>}
          {asking && (
            <RecipePath
              purpose={asking}
              path={draft.path ?? ''}
              canOverwrite={error?.code === 'recipe.exists'}
              onCancel={() => {
                setAsking(null);
                setError(null);
              }}
              onDone={(path, overwrite) => void (asking === 'open' ? open(path) : save(path, overwrite))}
            />
          )}
          {draft.notKept && <ErrorCallout error={draft.notKept} />}
          {error && (
            <ErrorCallout error={error}>
              {!asking && <Button onClick={() => setError(null)}>{strings.cancel}</Button>}
            </ErrorCallout>
          )}
        </div>
      )}
    </>
  );
}

const NOTICE_MS = 6000;

interface RecipePathProps {
  readonly purpose: 'open' | 'save';
  readonly path: string;
  readonly canOverwrite: boolean;
  onDone(path: string, overwrite: boolean): void;
  onCancel(): void;
}

function RecipePath({ purpose, path, canOverwrite, onDone, onCancel }: RecipePathProps) {
  const [typed, setTyped] = useState(path);
  return (
    <form
      onSubmit={event => {
        event.preventDefault();
        if (typed !== '') onDone(typed, canOverwrite);
      }}
    >
      <PathField
        label={strings.path}
        help={strings.pathHelp}
        value={typed}
        extensions={RECIPES}
        onChange={setTyped}
      >
        <Button type="submit" variant="primary">
          {purpose === 'open' ? strings.open : canOverwrite ? strings.overwrite : strings.save}
        </Button>
        <Button variant="quiet" onClick={onCancel}>
          {strings.cancel}
        </Button>
      </PathField>
    </form>
  );
}
