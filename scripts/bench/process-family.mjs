// Runs a command and measures it with all its children: wall time, processor time, peak memory.
import { spawn } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';

const LOOK_EVERY_MS = 200;
/** Linux counts processor time in these, on every machine of today. */
const TICKS_PER_SECOND = 100;

/**
 * Resolves to `{ seconds, cpuSeconds, peakBytes, code, stdout }`. Memory is the sum of proportional set sizes
 * (pages that several processes share count once), looked at five times a second; it and the processor time
 * are null where there is no /proc.
 */
export function measureFamily(command, args, options = {}) {
  return new Promise((resolve, reject) => {
    const startedAt = performance.now();
    const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'inherit'], ...options });
    const ticks = new Map();
    let peakBytes = null;
    const look = () => {
      let bytes = 0;
      for (const pid of familyOf(child.pid)) {
        bytes += memoryOf(pid);
        ticks.set(pid, ticksOf(pid) ?? ticks.get(pid) ?? 0);
      }
      if (bytes > 0) peakBytes = Math.max(peakBytes ?? 0, bytes);
    };
    const timer = setInterval(look, LOOK_EVERY_MS);
    let stdout = '';
    child.stdout.setEncoding('utf8').on('data', chunk => {
      stdout += chunk;
    });
    child.on('error', fault => {
      clearInterval(timer);
      reject(fault);
    });
    child.on('close', code => {
      clearInterval(timer);
      const seconds = (performance.now() - startedAt) / 1000;
      const sum = [...ticks.values()].reduce((a, b) => a + b, 0);
      resolve({ seconds, cpuSeconds: sum > 0 ? sum / TICKS_PER_SECOND : null, peakBytes, code, stdout });
    });
  });
}

/** Processor time of a process and its children so far, in ticks of a hundredth of a second; 0 without a /proc. */
export function familyTicks(pid) {
  return familyOf(pid).reduce((sum, one) => sum + (ticksOf(one) ?? 0), 0);
}

function familyOf(pid) {
  const parents = new Map();
  for (const name of list('/proc')) {
    if (/^\d+$/.test(name)) parents.set(Number(name), Number(fieldsOf(name)?.[1] ?? 0));
  }
  const family = new Set([pid]);
  for (let size = 0; size < family.size; ) {
    size = family.size;
    for (const [own, parent] of parents) if (family.has(parent)) family.add(own);
  }
  return [...family];
}

/** The fields of /proc/PID/stat behind the name of the program: state, parent, … */
function fieldsOf(pid) {
  const stat = read(`/proc/${pid}/stat`);
  return stat === null ? null : stat.slice(stat.lastIndexOf(')') + 2).split(' ');
}

/** Of the process alone; its children are looked at on their own. */
function ticksOf(pid) {
  const fields = fieldsOf(pid);
  return fields === null ? null : Number(fields[11]) + Number(fields[12]);
}

function memoryOf(pid) {
  const pss = /^Pss:\s+(\d+) kB/m.exec(read(`/proc/${pid}/smaps_rollup`) ?? '');
  return pss ? Number(pss[1]) * 1024 : 0;
}

function read(path) {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return null;
  }
}

function list(path) {
  try {
    return readdirSync(path);
  } catch {
    return [];
  }
}
