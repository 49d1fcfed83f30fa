export function underLock<T>(
  lock: string,
  work: () => Promise<T>,
  onWait?: (holder: number) => void,
): Promise<T>;
