// forge with the arguments given, and its exit status.
import { spawnSync } from 'node:child_process';
import { binary } from './foundry.mjs';

const { status, error } = spawnSync(binary('forge'), process.argv.slice(2), { cwd: import.meta.dirname, stdio: 'inherit' });
if (error) console.error(`forge did not start: ${error.message}`);
process.exit(status ?? 1);
