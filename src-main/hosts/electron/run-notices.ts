/** The system's notification when a run ends and nobody looks at the studio. */
import { Notification } from 'electron';
import { PROCEDURES } from '../../../src-shared/contract/procedures.ts';
import { type EndedRun, tellEnd } from '../../../src-shared/domain/run-end.ts';
import type { BackendFace } from '../../backend/backend-face.ts';

interface NoticeOptions {
  readonly backend: BackendFace;
  /** Whether the user looks at the studio now. */
  isInFront(): boolean;
  /** The notification of this run was clicked. */
  onClick(id: string): void;
}

/** Returns what to tell each ended run to. Where the system has no notifications, nothing happens. */
export function createRunNotices({ backend, isInFront, onClick }: NoticeOptions): (run: EndedRun) => void {
  /** A notification that is collected as garbage loses its click. */
  const shown = new Set<Notification>();

  function show(run: EndedRun, text: { readonly title: string; readonly body: string }): void {
    const notice = new Notification({ ...text });
    shown.add(notice);
    notice.on('click', () => {
      shown.delete(notice);
      onClick(run.id);
    });
    notice.on('close', () => shown.delete(notice));
    notice.show();
  }
  async function tell(run: EndedRun): Promise<void> {
    const text = tellEnd(run);
    if (text === null || isInFront() || !Notification.isSupported()) return;
    if (await isWanted(backend)) show(run, text);
  }
  return run => void tell(run);
}

async function isWanted(backend: BackendFace): Promise<boolean> {
  const result = await backend.call('settings.show', {}, new AbortController().signal);
  const view = PROCEDURES['settings.show'].output.safeParse(result.ok ? result.value : null);
  return view.success && view.data.settings.notifyAtEnd;
}
