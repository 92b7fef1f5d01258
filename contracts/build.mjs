// Compiles src/ with the pinned compiler and settings into artifacts/NAME.json; with --check it only compares, byte for byte.
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import solc from 'solc';

const here = new URL('.', import.meta.url);
const require = createRequire(import.meta.url);
const contracts = ['NTK', 'NtkAllocation', 'NtkBuyback', 'NtkSale', 'NtkVault'];
const settings = {
  evmVersion: 'cancun',
  metadata: { bytecodeHash: 'none' },
  optimizer: { enabled: true, runs: 10_000 },
};

const sorted = value => value === null || typeof value !== 'object' ? value
  : Array.isArray(value) ? value.map(sorted)
  : Object.fromEntries(Object.keys(value).sort().map(key => [key, sorted(value[key])]));

function compile() {
  const sources = Object.fromEntries(readdirSync(new URL('src/', here)).sort()
    .map(file => [`src/${file}`, { content: readFileSync(new URL(`src/${file}`, here), 'utf8') }]));
  const outputSelection = { '*': { '*': ['abi', 'evm.bytecode.object', 'evm.deployedBytecode.object'] } };
  const input = { language: 'Solidity', sources, settings: { ...settings, outputSelection } };
  const output = JSON.parse(solc.compile(JSON.stringify(input), { import: path => ({ contents: readFileSync(require.resolve(path), 'utf8') }) }));
  if (output.errors?.length) {
    for (const error of output.errors) console.error(error.formattedMessage);
    process.exit(1);
  }
  return output.contracts;
}

function artifact(name, { abi, evm }) {
  const content = {
    contractName: name,
    abi,
    bytecode: `0x${evm.bytecode.object}`,
    deployedBytecode: `0x${evm.deployedBytecode.object}`,
    compiler: { version: solc.version(), settings },
  };
  return `${JSON.stringify(sorted(content), null, 2)}\n`;
}

const compiled = compile();
const folder = new URL('artifacts/', here);
const wanted = new Map(contracts.map(name => [`${name}.json`, artifact(name, compiled[`src/${name}.sol`][name])]));
const present = existsSync(folder) ? readdirSync(folder) : [];

if (process.argv.includes('--check')) {
  const wrong = [
    ...[...wanted].filter(([file, text]) => !present.includes(file) || readFileSync(new URL(file, folder), 'utf8') !== text).map(([file]) => file),
    ...present.filter(file => !wanted.has(file)),
  ];
  if (wrong.length) {
    console.error(`contracts/artifacts differs from what src/ compiles to: ${wrong.join(', ')}. Run \`npm run build\` and commit what it writes.`);
    process.exit(1);
  }
  console.log(`${wanted.size} artifacts are what ${solc.version()} makes of src/.`);
} else {
  mkdirSync(folder, { recursive: true });
  for (const file of present.filter(file => !wanted.has(file))) rmSync(new URL(file, folder));
  for (const [file, text] of wanted) writeFileSync(new URL(file, folder), text);
  console.log(`Wrote ${[...wanted.keys()].join(', ')} with ${solc.version()}.`);
}
