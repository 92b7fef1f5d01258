// Runs this platform's forge. The package's own launcher ends in 0 whatever forge said (1.7.1), which would let failing tests pass.
import { spawnSync } from 'node:child_process';
import { createRequire } from 'node:module';
import { arch, platform } from 'node:process';

const folder = `@foundry-rs/forge-${platform}-${arch === 'x64' ? 'amd64' : arch}`;
const forge = createRequire(import.meta.url).resolve(`${folder}/bin/forge`);
const { status, error } = spawnSync(forge, process.argv.slice(2), { cwd: import.meta.dirname, stdio: 'inherit' });
if (error) console.error(`${forge} did not start: ${error.message}`);
process.exit(status ?? 1);
