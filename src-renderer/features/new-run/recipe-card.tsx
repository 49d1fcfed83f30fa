/** Opens a recipe file by its path, to check it or to start it. */
import { ListChecks, OctagonAlert, Play } from 'lucide-react';
import { useId, useRef, useState } from 'react';
import type { RecipeSource } from '../../../src-shared/contract/procedures.ts';
import { CommandButton } from '../../commands/command-button.tsx';
import { useCommand } from '../../commands/use-commands.tsx';
import { strings } from '../../strings.ts';
import { Card } from '../../ui/card.tsx';
import type { Launch } from './use-launch.ts';

export function RecipeCard({ launch, isBusy }: { readonly launch: Launch; readonly isBusy: boolean }) {
  const fieldId = useId();
  const field = useRef<HTMLInputElement>(null);
  const [path, setPath] = useState('');
  const [isMissing, setIsMissing] = useState(false);

  function withPath(act: (source: RecipeSource) => void): void {
    const trimmed = path.trim();
    setIsMissing(trimmed === '');
    if (trimmed === '') field.current?.focus();
    else act({ kind: 'file', path: trimmed });
  }

  const check = useCommand({
    id: 'newRun.checkRecipe',
    title: strings.newRun.checkRecipe,
    enabled: !isBusy,
    run: () => withPath(launch.check),
  });
  const start = useCommand({
    id: 'newRun.startRecipe',
    title: strings.newRun.startRecipe,
    enabled: !isBusy,
    run: () => withPath(launch.start),
  });

  return (
    <Card title={strings.newRun.recipe}>
      <form
        className="card-body recipe"
        onSubmit={event => {
          event.preventDefault();
          if (check.enabled) check.run();
        }}
      >
        <p id={`${fieldId}-help`} className="soft">
          {strings.newRun.recipeHelp}
        </p>
        <div className="field">
          <label htmlFor={fieldId}>{strings.newRun.recipePath}</label>
          <input
            ref={field}
            id={fieldId}
            className="mono"
            value={path}
            spellCheck={false}
            autoComplete="off"
            placeholder={strings.newRun.recipePlaceholder}
            aria-describedby={`${fieldId}-help ${fieldId}-error`}
            aria-invalid={isMissing}
            onChange={event => {
              setPath(event.target.value);
              setIsMissing(false);
            }}
          />
          <span id={`${fieldId}-error`} className="field-error" role="alert">
            {isMissing && (
              <>
                <OctagonAlert size={12} aria-hidden="true" />
                {strings.newRun.pathMissing}
              </>
            )}
          </span>
        </div>
        <div className="row row-wrap">
          <CommandButton command={check} icon={ListChecks} />
          <CommandButton command={start} icon={Play} />
        </div>
      </form>
    </Card>
  );
}
