/** Leads to a file or folder that was made: shown by the system in the desktop app, and its path to be copied. */
import { Copy, FolderOpen } from 'lucide-react';
import { useState } from 'react';
import { desktop } from '../backend-client/desktop.ts';
import { exportStrings as strings } from '../strings/export.ts';
import { useAnnounce } from '../ui/announcer.tsx';
import { Button } from '../ui/button.tsx';
import { copyText } from '../ui/copy-text.ts';

export function PlaceButtons({ path }: { readonly path: string }) {
  const announce = useAnnounce();
  const [notice, setNotice] = useState('');
  const copy = async () => {
    const text = (await copyText(path)) ? strings.copied : strings.notCopied;
    setNotice(text);
    announce(text);
  };
  return (
    <div className="row row-wrap">
      {desktop && (
        <Button icon={FolderOpen} onClick={() => void desktop?.showInFolder(path)}>
          {strings.show}
        </Button>
      )}
      <Button icon={Copy} onClick={() => void copy()}>
        {strings.copy}
      </Button>
      {notice !== '' && <span className="small soft">{notice}</span>}
    </div>
  );
}
