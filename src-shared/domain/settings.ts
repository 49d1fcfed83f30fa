/** Choices that hold for a whole data folder, whoever opens it: window, browser or command line. */
import { z } from 'zod';

export const THEMES = ['system', 'light', 'dark'] as const;
export type Theme = (typeof THEMES)[number];

/** A path that says where it begins, on any platform: `/a`, `C:\\a`, `\\\\server\\a`. */
export function isWholePath(path: string): boolean {
  return /^(\/|[a-z]:[\\/]|\\\\)/i.test(path);
}

export const settingsSchema = z.object({
  /** Prepared datasets beyond it go, least recently used first; null: no limit. */
  cacheLimitBytes: z.number().int().positive().nullable().default(null),
  /** Looked through for models beside the places of other programs. Whole paths; one may be away for now. */
  modelFolders: z.array(z.string().max(4096).refine(isWholePath)).max(50).default([]),
  /** A notification of the system when a run ends and the studio is not in front. */
  notifyAtEnd: z.boolean().default(true),
  theme: z.enum(THEMES).default('system'),
});
export type Settings = z.infer<typeof settingsSchema>;
export type SettingName = keyof Settings;

/** What each setting may be, for whoever has to mend one. */
export const SETTING_RULES: Readonly<Record<SettingName, { allowed: string; meaning: string }>> = {
  cacheLimitBytes: {
    allowed: 'a whole number of bytes above 0, or null for no limit',
    meaning: 'how much prepared datasets may take',
  },
  modelFolders: {
    allowed: 'a list of at most 50 whole paths, such as /home/me/models',
    meaning: 'folders that are looked through for models',
  },
  notifyAtEnd: {
    allowed: 'true or false',
    meaning: 'a notification of the system when a run ends and the studio is not in front',
  },
  theme: { allowed: `one of ${THEMES.join(', ')}`, meaning: 'colours of the studio' },
};

export const SETTING_NAMES = Object.keys(settingsSchema.shape) as readonly SettingName[];

/** The settings as they are now, and what of them needs a look. */
export const settingsViewSchema = z.object({
  settings: settingsSchema,
  /** The file that holds them. */
  path: z.string(),
  /** Keys of that file that cannot be read and count as their defaults; `` stands for all of it. */
  faulty: z.array(z.string()),
  /** Of `modelFolders`, those that are not there now. */
  missingFolders: z.array(z.string()),
});
export type SettingsView = z.infer<typeof settingsViewSchema>;
