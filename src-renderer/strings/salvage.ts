/** Sentences about a history that was damaged and made anew. */
export const salvageStrings = {
  bringBack: 'Bring back runs from their folders',
  bringingBack: 'Looking through the folders of the runs',
  help: 'Every run keeps a diary in its folder. Runs that the damaged history has lost are taken from there.',
  found: (names: readonly string[]) =>
    names.length === 0
      ? 'No other run was found: what has a diary is in the history.'
      : names.length === 1
        ? `${names[0]} is in the history again.`
        : `${names.length} runs are in the history again: ${names.join(', ')}.`,
  problem: (path: string, reason: string) => `${path}: ${reason}`,
  dismiss: 'Dismiss',
};
