// Settles 500 payments in one real transaction on anvil, with EIP-7825's cap on, and says what it took: to fresh holders, then to
// the same again. A transaction over the cap is refused by anvil, and this fails.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { setTimeout } from 'node:timers/promises';
import { binary } from './foundry.mjs';

const NTK = 10n ** 18n;
const DAY = 86_400;
const port = await freePort();
const anvil = spawn(binary('anvil'), ['--port', port, '--enable-tx-gas-limit', '--prune-history', '--silent'], { stdio: 'inherit' });
process.on('exit', () => anvil.kill());
await answering();

const [deployer, settler] = await rpc('eth_accounts');
const token = await send('NTK: deployed', deployer, { data: bytecode('NTK') + word(10n ** 27n) + word(deployer) });
const roles = [deployer, 2 * DAY, settler, deployer];
const terms = [10n ** 6n * NTK, 10n ** 7n * NTK, 10n ** 5n * NTK, DAY, 14 * DAY];
const vault = await send('NtkVault: deployed', deployer, { data: bytecode('NtkVault') + [token, ...roles, ...terms].map(word).join('') });
await send('transfer to a fresh holder', deployer, { to: token, data: await selector('transfer(address,uint256)') + word(vault) + word(10n ** 7n * NTK) });
await send('settle of 1', settler, await settlement(1, 1, 0xffff));
await send('settle of 500, fresh holders', settler, await settlement(2, 500, 0x1100));
await send('settle of 500, existing holders', settler, await settlement(3, 500, 0x2200, 0x1100));
process.exit(0);

/** `count` payments with consecutive ids; recipients and ids have hardly a zero byte. */
async function settlement(batch, count, firstId, firstTo = firstId) {
  const [ids, holders] = [BigInt(await keccak('ids')) >> 16n << 16n, BigInt((await keccak('holders')).slice(0, 42)) >> 16n << 16n];
  const payments = Array.from({ length: count }, (_, i) => [ids | BigInt(firstId + i), holders | BigInt(firstTo + i), 12_345_678_901_234_567_890n]);
  return { to: vault, data: await selector('settle(bytes32,(bytes32,address,uint256)[])') + [batch, 64, count, ...payments.flat()].map(word).join('') };
}

/** Sends a transaction, waits for its receipt, prints its gas, and gives the address of what it deployed. */
async function send(what, from, transaction) {
  const hash = await rpc('eth_sendTransaction', { from, gas: '0xffffff', ...transaction });
  let receipt;
  while (!(receipt = await rpc('eth_getTransactionReceipt', hash))) await setTimeout(20);
  if (receipt.status !== '0x1') throw new Error(`${what}: reverted in ${hash}`);
  console.log(`${what}: ${Number(receipt.gasUsed)} gas`);
  return receipt.contractAddress;
}

async function rpc(method, ...params) {
  const body = JSON.stringify({ jsonrpc: '2.0', id: 1, method, params });
  const answer = await (await fetch(`http://127.0.0.1:${port}`, { method: 'POST', headers: { 'content-type': 'application/json' }, body })).json();
  if (answer.error) throw new Error(`${method}: ${answer.error.message}`);
  return answer.result;
}

async function answering() {
  for (const start = Date.now(); ;) {
    try { return await rpc('eth_chainId'); } catch (error) {
      if (Date.now() - start > 20_000 || anvil.exitCode !== null) throw new Error(`anvil does not answer on port ${port}: ${error.message}`);
      await setTimeout(50);
    }
  }
}

async function freePort() {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address();
  server.close();
  await once(server, 'close');
  return port;
}

function word(value) { return BigInt(value).toString(16).padStart(64, '0'); }
function bytecode(name) { return JSON.parse(readFileSync(new URL(`artifacts/${name}.json`, import.meta.url))).bytecode; }
function keccak(text) { return rpc('web3_sha3', `0x${Buffer.from(text).toString('hex')}`); }
async function selector(signature) { return (await keccak(signature)).slice(0, 10); }
