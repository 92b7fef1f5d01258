// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {NtkSale} from "../src/NtkSale.sol";
import {NtkVault, Payment} from "../src/NtkVault.sol";
import {Share} from "../src/NtkAllocation.sol";
import {Step, SumTree} from "../src/SumTree.sol";
import {Base} from "./Base.sol";
import {vm} from "./Vm.sol";

/// @dev What each call costs as a transaction of its own: base cost, calldata and cold storage included. The figures are in
/// snapshots/Gas.json; a run that differs from them fails (`npm run gas` writes them anew).
/// forge-config: default.isolate = true
contract Gas is Base {
    uint256 private constant TRANSACTION_CAP = 1 << 24; // EIP-7825.

    // Hardly a zero byte, so that the calldata costs what it can cost.
    uint256 private constant IDS = uint256(keccak256("ids")) >> 16 << 16;
    uint160 private constant HOLDERS = uint160(uint256(keccak256("holders"))) >> 16 << 16;
    uint256 private constant AMOUNT = 12_345_678_901_234_567_890;

    function setUp() public override {
        super.setUp();
        deposit(30_000_000e18);
        fund(alice, 100);
        fund(address(sale), 600_000_000e18);
        fund(address(allocation), 1e26);
        settle("earlier", one("earlier", address(0x9000), 1));
    }

    function test_Gas_Token() public {
        vm.prank(alice);
        token.transfer(address(0x9001), 10);
        record("transfer, fresh holder");
        vm.prank(alice);
        token.transfer(address(0x9001), 10);
        record("transfer, existing holder");
        (uint8 v, bytes32 r, bytes32 s) = permit(ALICE_KEY, BOB, 5, START);
        token.permit(alice, BOB, 5, START, v, r, s);
        record("permit");
    }

    function test_Gas_Deposit() public {
        vm.prank(alice);
        token.approve(address(vault), 10);
        vm.prank(alice);
        vault.deposit(10, "alice");
        record("deposit");
        (uint8 v, bytes32 r, bytes32 s) = permit(ALICE_KEY, address(vault), 10, START);
        vm.prank(alice);
        vault.depositWithPermit(10, "alice", START, v, r, s);
        record("depositWithPermit");
    }

    /// @dev The first batch of a size pays to fresh holders, the second to the same ones.
    function test_Gas_Settle() public {
        uint256[3] memory sizes = [uint256(1), 100, 500];
        for (uint256 i = 0; i < sizes.length; i++) {
            uint160 firstTo = HOLDERS + uint160(1_000 * i);
            Payment[] memory fresh = many(sizes[i], IDS + 10_000 * i, firstTo, AMOUNT);
            Payment[] memory existing = many(sizes[i], IDS + 10_000 * i + 5_000, firstTo, AMOUNT);
            string memory name = string.concat("settle of ", vm.toString(sizes[i]));
            settle(keccak256(abi.encode("fresh", i)), fresh);
            uint256 used = record(string.concat(name, ", fresh holders"));
            vm.assertLt(used, TRANSACTION_CAP, "more than a transaction may use");
            settle(keccak256(abi.encode("existing", i)), existing);
            record(string.concat(name, ", existing holders"));
            vm.warp(block.timestamp + 1 days);
        }
    }

    /// @dev Ids that are not neighbours take a slot each.
    function test_Gas_SettleScatteredIds() public {
        Payment[] memory payments = many(100, 0, HOLDERS, AMOUNT);
        for (uint256 i = 0; i < payments.length; i++) {
            payments[i].id = keccak256(abi.encode(i));
        }
        settle(keccak256("scattered"), payments);
        record("settle of 100, fresh holders, scattered ids");
    }

    function test_Gas_Queue() public {
        settle("large", one("large", address(0x9002), 100_001e18));
        record("settle of 1, queued");
        settle("other", one("other", address(0x9002), 100_001e18));
        vm.prank(GUARDIAN);
        vault.cancel("other");
        record("cancel");
        vm.warp(START + 1 days);
        vault.release("large");
        record("release, fresh holder");
    }

    function test_Gas_RootAndExit() public {
        Step[] memory path = new Step[](20);
        (bytes32 hash, uint256 sum) = (SumTree.leaf(alice, 123e18, keccak256("salt")), 123e18);
        for (uint256 i = 0; i < path.length; i++) {
            path[i] = Step(keccak256(abi.encode(i)), 1_000e18 * (i + 1), i % 3 == 0);
            hash = path[i].left
                ? SumTree.join(path[i].hash, path[i].sum, hash, sum)
                : SumTree.join(hash, sum, path[i].hash, path[i].sum);
            sum += path[i].sum;
        }
        publish(1, keccak256("first"), 1e24);
        record("publishRoot, the first");
        publish(2, hash, sum);
        record("publishRoot");
        vm.warp(START + 15 days);
        vault.declareSilent();
        record("declareSilent");
        vault.exit(alice, 123e18, keccak256("salt"), path);
        record("exit, 20 steps");
    }

    function test_Gas_Sale() public {
        vm.deal(alice, 10_000 ether);
        vm.prank(alice);
        sale.buy{value: 5_000 ether}(0);
        record("buy, the first of all");
        vm.deal(BOB, 1 ether);
        vm.prank(BOB);
        sale.buy{value: 1 ether}(0);
        record("buy, a new buyer");
        vm.warp(START + 28 days);
        sale.finalise();
        record("finalise");
        vm.prank(BOB);
        sale.claim();
        record("claim");
        vm.prank(ADMIN);
        sale.withdraw(payable(ADMIN));
        record("withdraw");
    }

    function test_Gas_Refund() public {
        vm.deal(BOB, 1 ether);
        vm.prank(BOB);
        sale.buy{value: 1 ether}(0);
        vm.warp(START + 28 days);
        sale.finalise();
        vm.prank(BOB);
        sale.refund(payable(BOB));
        record("refund");
    }

    function test_Gas_Allocation() public {
        vm.warp(START + 400 days);
        allocation.release(Share.Team);
        record("allocation release, fresh beneficiary");
    }

    function record(string memory name) private returns (uint256) {
        return vm.snapshotGasLastCall(name);
    }
}
