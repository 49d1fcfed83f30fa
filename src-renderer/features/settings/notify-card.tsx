/** Whether a notification tells of the end of a run. A browser is asked for its permission only here. */
import { useId, useState } from 'react';
import type { SettingsView } from '../../../src-shared/domain/settings.ts';
import { desktop } from '../../backend-client/desktop.ts';
import { useSettings } from '../../backend-client/use-settings.ts';
import { settingsStrings } from '../../strings/settings.ts';
import { Card } from '../../ui/card.tsx';

const strings = settingsStrings.notify;
type Permission = NotificationPermission | 'unsupported';

export function NotifyCard({ view }: { readonly view: SettingsView }) {
  const { change } = useSettings();
  const id = useId();
  const [permission, setPermission] = useState<Permission>(permissionNow);
  const isOn = view.settings.notifyAtEnd && permission === 'granted';
  const turn = async (on: boolean) => {
    if (on && permission === 'default') {
      const answer = await Notification.requestPermission();
      setPermission(answer);
      if (answer !== 'granted') return;
    }
    if (on !== view.settings.notifyAtEnd) await change({ notifyAtEnd: on });
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
      </div>
    </Card>
  );
}

function permissionNow(): Permission {
  if (desktop) return 'granted';
  return 'Notification' in window ? Notification.permission : 'unsupported';
}
