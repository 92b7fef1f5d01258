// Where this platform's forge and anvil are. The packages' own launchers (1.7.1) end in 0 whatever the program said, which would
// let failing tests pass, and leave it running when they are killed.
import { createRequire } from 'node:module';
import { arch, platform } from 'node:process';

export const binary = tool => createRequire(import.meta.url).resolve(`@foundry-rs/${tool}-${platform}-${arch === 'x64' ? 'amd64' : arch}/bin/${tool}`);
