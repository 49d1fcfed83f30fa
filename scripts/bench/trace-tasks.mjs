// What a page's main thread did, from a trace of the category `toplevel`.

/**
 * Tasks of the threads that ran scripts of a page, each with `dur` on the clock and `tdur` of the processor, in microseconds; with `until`, those
 * that began before the mark of that name.
 */
export function mainThreadTasks(events, until = null) {
  const end = events.find(({ name }) => name === until)?.ts ?? Number.POSITIVE_INFINITY;
  const main = events
    .filter(({ name, args }) => name === 'thread_name' && args.name === 'CrRendererMain')
    .map(({ pid, tid }) => `${pid} ${tid}`);
  return events.filter(
    ({ name, pid, tid, ts }) =>
      name === 'ThreadControllerImpl::RunTask' && main.includes(`${pid} ${tid}`) && ts < end,
  );
}

export const processorMs = tasks => tasks.reduce((sum, { tdur = 0 }) => sum + tdur, 0) / 1000;

export const longestMs = (tasks, clock) => Math.max(0, ...tasks.map(task => task[clock] ?? 0)) / 1000;
