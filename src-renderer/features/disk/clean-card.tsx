/** The preview of a clean-up in words, its button, and afterwards what it did and the way back. */
import { Trash2 } from 'lucide-react';
import { useState } from 'react';
import type { DiskItem } from '../../../src-shared/domain/disk.ts';
import { CleanUpNotice } from '../../clean-up/clean-up-notice.tsx';
import { trashIdsOf } from '../../clean-up/use-clean-up.ts';
import { CommandButton } from '../../commands/command-button.tsx';
import { useCommand } from '../../commands/use-commands.tsx';
import { formatBytes } from '../../format/numbers.ts';
import { diskStrings as strings } from '../../strings/disk.ts';
import { Button } from '../../ui/button.tsx';
import { Callout } from '../../ui/callout.tsx';
import { Card } from '../../ui/card.tsx';
import type { Disk } from './use-disk.ts';

export function CleanCard({ disk }: { readonly disk: Disk }) {
  const { chosen, cleanUp } = disk;
  const { isBusy, result } = cleanUp;
  const [isAsking, setIsAsking] = useState(false);
  const emptiesTrash = chosen.some(({ kind }) => kind === 'trash');
  const clean = useCommand({
    id: 'disk.clean',
    title: strings.clean,
    enabled: chosen.length > 0 && !isBusy && !isAsking,
    run: () => (emptiesTrash ? setIsAsking(true) : void disk.clean()),
  });
  return (
    <Card title={strings.preview}>
      <div className="card-body stack disk-clean">
        <Preview chosen={chosen} />
        <div className="row row-wrap">
          <CommandButton command={clean} variant="primary" icon={Trash2} />
          <Button variant="quiet" onClick={disk.chooseProposed}>
            {strings.chooseProposed}
          </Button>
          <Button variant="quiet" onClick={disk.chooseNone}>
            {strings.chooseNone}
          </Button>
        </div>
        {isAsking && (
          <Callout tone="warn" title={strings.confirm}>
            <div className="row row-wrap">
              <Button
                onClick={() => {
                  setIsAsking(false);
                  void disk.clean();
                }}
              >
                {strings.confirmYes}
              </Button>
              <Button variant="quiet" onClick={() => setIsAsking(false)}>
                {strings.cancel}
              </Button>
            </div>
          </Callout>
        )}
        <CleanUpNotice
          cleanUp={cleanUp}
          done={result ? strings.cleaned(formatBytes(result.freedBytes), trashIdsOf(result).length) : ''}
          onUndo={() => void disk.undo()}
        />
      </div>
    </Card>
  );
}

function Preview({ chosen }: { readonly chosen: readonly DiskItem[] }) {
  const gone = chosen.filter(({ cleanUp }) => cleanUp === 'delete');
  const trashed = chosen.filter(({ cleanUp }) => cleanUp === 'trash');
  if (chosen.length === 0) return <p className="soft">{strings.nothingChosen}</p>;
  return (
    <div>
      {gone.length > 0 && <p>{strings.willRemove(gone.length, bytesOf(gone))}</p>}
      {trashed.length > 0 && <p>{strings.willTrash(trashed.length, bytesOf(trashed))}</p>}
    </div>
  );
}

function bytesOf(items: readonly DiskItem[]): string {
  return formatBytes(items.reduce((sum, { bytes }) => sum + bytes, 0));
}
