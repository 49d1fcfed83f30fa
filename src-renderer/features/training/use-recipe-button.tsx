/** Takes a past run's recipe into the wizard, to train again with changes; undo brings the former draft back. */
import { CopyPlus } from 'lucide-react';
import type { RunDetails } from '../../../src-shared/domain/run.ts';
import { CommandButton } from '../../commands/command-button.tsx';
import { useCommand } from '../../commands/use-commands.tsx';
import { useDraft } from '../../draft/use-draft.tsx';
import { navigate } from '../../router.ts';
import { strings } from '../../strings.ts';

export function UseRecipeButton({ recipe }: Pick<RunDetails, 'recipe'>) {
  const { store } = useDraft();
  const use = useCommand({
    id: 'run.useRecipe',
    title: strings.run.useRecipe,
    enabled: true,
    run: () => {
      store.replace(recipe, null);
      navigate({ page: 'newRun', step: 'training' });
    },
  });
  return <CommandButton command={use} icon={CopyPlus} />;
}
