/** The theme, chosen in the title bar and in the palette. */
import { Monitor, Moon, Sun } from 'lucide-react';
import { THEMES, type Theme } from '../../../src-shared/domain/settings.ts';
import { useCommand } from '../../commands/use-commands.tsx';
import { strings } from '../../strings.ts';
import { Segmented } from '../../ui/segmented.tsx';
import { useTheme } from './use-theme.ts';

const ICONS = { system: Monitor, light: Sun, dark: Moon } as const;

export function ThemeSwitch() {
  const [theme, setTheme] = useTheme();
  const commandFor = (choice: Theme) => ({
    id: `theme.${choice}`,
    title: strings.app.themeCommand(strings.app.themes[choice]),
    enabled: choice !== theme,
    run: () => setTheme(choice),
  });
  useCommand(commandFor('system'));
  useCommand(commandFor('light'));
  useCommand(commandFor('dark'));
  return (
    <Segmented
      label={strings.app.theme}
      value={theme}
      onChange={setTheme}
      options={THEMES.map(value => {
        const Icon = ICONS[value];
        return {
          value,
          name: strings.app.themes[value],
          label: <Icon size={14} strokeWidth={1.75} aria-hidden="true" />,
        };
      })}
    />
  );
}
