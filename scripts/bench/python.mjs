// A Python that has a peer's package; the bench goes on without where there is none.
import { spawnSync } from 'node:child_process';

/** The program's name, or null. LUTHIER_PEER_PYTHON is asked first. */
export function findPython(module) {
  const names = [process.env.LUTHIER_PEER_PYTHON, 'python3'].filter(Boolean);
  const check = `import importlib.util, sys; sys.exit(importlib.util.find_spec(${JSON.stringify(module)}) is None)`;
  return names.find(name => spawnSync(name, ['-c', check], { stdio: 'ignore' }).status === 0) ?? null;
}
