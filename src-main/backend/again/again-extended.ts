/** The warning of a run that repeats an extended one, whose recipe gives another adapter. */
export const AGAIN_EXTENDED = 'again.extended';
