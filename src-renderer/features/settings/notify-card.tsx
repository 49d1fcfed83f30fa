/** Whether a notification tells of the end of a run. A browser is asked for its permission only here. */
import { useEffect, useId, useState } from 'react';
import type { CodedError } from '../../../src-shared/contract/coded-error.ts';
import type { SettingsView } from '../../../src-shared/domain/settings.ts';
import { desktop } from '../../backend-client/desktop.ts';
import { useSettings } from '../../backend-client/use-settings.ts';
import { settingsStrings } from '../../strings/settings.ts';
import { ErrorCallout } from '../../ui/callout.tsx';
import { Card } from '../../ui/card.tsx';

const strings = settingsStrings.notify;
type Permission = NotificationPermission | 'unsupported';

export function NotifyCard({ view }: { readonly view: SettingsView }) {
  const { change } = useSettings();
  const id = useId();
  const [permission, setPermission] = useState<Permission>(permissionNow);
  const [error, setError] = useState<CodedError | null>(null);
  /** What was chosen last, until the settings say the same or refuse it. */
  const [chosen, setChosen] = useState<boolean | null>(null);
  const isOn = chosen ?? (view.settings.notifyAtEnd && permission === 'granted');
  useEffect(() => {
    if (chosen === view.settings.notifyAtEnd) setChosen(null);
  }, [chosen, view.settings.notifyAtEnd]);
  const turn = async (on: boolean) => {
    if (on && permission === 'default') {
      const answer = await Notification.requestPermission();
      setPermission(answer);
      if (answer !== 'granted') return;
    }
    setChosen(on);
    const outcome = await change({ notifyAtEnd: on });
    setError(outcome.ok ? null : outcome.error);
    if (!outcome.ok) setChosen(null);
  };
  return (
    <Card title={strings.title}>
      <div className="card-body">
        <label className="row" htmlFor={id}>
          <input
            id={id}
            type="checkbox"
            checked={isOn}
            disabled={permission === 'denied' || permission === 'unsupported'}
            aria-describedby={`${id}-help`}
            onChange={event => void turn(event.target.checked)}
          />
          {strings.label}
        </label>
        <p id={`${id}-help`} className="soft">
          {strings.help} {strings.states[permission]}
        </p>
        {error && <ErrorCallout error={error} />}
      </div>
    </Card>
  );
}

function permissionNow(): Permission {
  if (desktop) return 'granted';
  return 'Notification' in window ? Notification.permission : 'unsupported';
}
