/** Whether a process of this number, seen at some time, can still be the same one. */
import { uptime } from 'node:os';

/** `seenAt`: ms since 1970. Numbers of processes begin anew with the machine. */
export function mayBeAlive(pid: number, seenAt: number): boolean {
  if (seenAt < Date.now() - uptime() * 1000) return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
