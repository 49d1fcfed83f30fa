/** Asks where a recipe lay whose files are named from there: a browser does not tell. */
import { useState } from 'react';
import { PathField } from '../../files/path-field.tsx';
import { wizardStrings } from '../../strings/wizard.ts';
import { Button } from '../../ui/button.tsx';
import { Callout } from '../../ui/callout.tsx';
import type { Homeless } from './use-take-files.ts';

const strings = wizardStrings.intake;

export function HomelessRecipe({
  homeless: { recipe, names, openFrom, leave },
}: {
  readonly homeless: Homeless;
}) {
  const [folder, setFolder] = useState('');
  return (
    <div className="notice-bar">
      <Callout tone="warn" title={strings.homeless(recipe)}>
        <p className="wrap">{strings.homelessCause(names)}</p>
        <form
          onSubmit={event => {
            event.preventDefault();
            if (folder !== '') openFrom(folder);
          }}
        >
          <PathField
            label={strings.folder}
            help={strings.folderHelp}
            placeholder="/home/me/recipes"
            value={folder}
            extensions={[]}
            isFolder
            onChange={setFolder}
          >
            <Button type="submit" variant="primary" isDisabled={folder === ''}>
              {strings.openFrom}
            </Button>
            <Button variant="quiet" onClick={leave}>
              {strings.cancel}
            </Button>
          </PathField>
        </form>
      </Callout>
    </div>
  );
}
