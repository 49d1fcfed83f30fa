/** A past run as the beginning of another one: its recipe in the wizard, with its adapter too, or as a file. */
import { type ReactNode, useState } from 'react';
import type { CodedError } from '../../src-shared/contract/coded-error.ts';
import type { RunDetails } from '../../src-shared/domain/run.ts';
import { useBackend } from '../backend-client/backend-context.tsx';
import { desktop } from '../backend-client/desktop.ts';
import type { Command } from '../commands/command-registry.ts';
import { useCommand } from '../commands/use-commands.tsx';
import { withValue } from '../draft/recipe-values.ts';
import { useDraft } from '../draft/use-draft.tsx';
import { downloadText } from '../files/save-text.ts';
import { navigate } from '../router.ts';
import { type AdapterChoice, familyStrings as strings } from '../strings/family.ts';
import { useAnnounce } from '../ui/announcer.tsx';
import { AdapterQuestion, isBestAnother, type LeftAdapters } from './adapter-question.tsx';

export interface Reuse {
  readonly clone: Command;
  /** Null where the run left no adapter to go on with. */
  readonly goOn: Command | null;
  readonly save: Command;
  /** Why the recipe was not saved. */
  readonly error: CodedError | null;
  /** Which adapter to go on with, where there are two; to be rendered anywhere. */
  readonly question: ReactNode;
}

export function useReuse(
  { id, name, recipe }: Pick<RunDetails, 'id' | 'name' | 'recipe'>,
  left: LeftAdapters,
): Reuse {
  const { adapterPath, bestAdapterPath } = left;
  const [isAsking, setIsAsking] = useState(false);
  const { store } = useDraft();
  const announce = useAnnounce();
  const { save, error } = useSaveRecipe(id);
  const open = (
    kind: 'cloned' | 'continued',
    draft: Readonly<Record<string, unknown>>,
    announcement: string,
  ) => {
    store.replace(draft, null, { kind, id, name });
    navigate({ page: 'newRun', step: 'training' });
    announce(announcement);
  };
  const continueFrom = (choice: AdapterChoice) => {
    const path = choice === 'best' ? bestAdapterPath : adapterPath;
    open('continued', withValue(recipe, 'adapter.init', path), strings.continued(name, choice));
  };
  const clone = useCommand({
    id: 'run.clone',
    title: strings.clone,
    enabled: true,
    run: () => open('cloned', recipe, strings.cloned(name)),
  });
  const goOn = useCommand({
    id: 'run.continue',
    title: strings.continue,
    enabled: adapterPath !== null,
    isListed: adapterPath !== null,
    run: () => (isBestAnother(left) ? setIsAsking(true) : continueFrom('last')),
  });
  const saveRecipe = useCommand({
    id: 'run.saveRecipe',
    title: strings.saveRecipe,
    enabled: true,
    run: save,
  });
  return {
    clone,
    goOn: adapterPath === null ? null : goOn,
    save: saveRecipe,
    error,
    question: isAsking && (
      <AdapterQuestion {...left} onCancel={() => setIsAsking(false)} onChoose={continueFrom} />
    ),
  };
}

/** By the system's dialog in the desktop app, as a download in a browser. */
function useSaveRecipe(id: string): { save(): void; readonly error: CodedError | null } {
  const client = useBackend();
  const announce = useAnnounce();
  const [error, setError] = useState<CodedError | null>(null);
  const save = async () => {
    const asked = await client.call('runs.recipe', { id });
    setError(asked.ok ? null : asked.error);
    if (!asked.ok) return;
    const { recipe, file } = asked.value;
    if (!desktop) {
      downloadText(file.name, file.text, 'application/yaml');
      announce(strings.saved(file.name));
      return;
    }
    const path = await desktop.chooseFile({
      purpose: 'save',
      title: strings.saveRecipe,
      extensions: ['.yaml', '.yml'],
      path: file.name,
    });
    if (path === null) return;
    // The dialog has asked before it named a file that is there.
    const saved = await client.call('recipe.save', { recipe, path, overwrite: true, fromRun: id });
    setError(saved.ok ? null : saved.error);
    if (saved.ok) announce(strings.saved(saved.value.path));
  };
  return { save: () => void save(), error };
}
