// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {NTK} from "../src/NTK.sol";
import {NtkAllocation, Schedule} from "../src/NtkAllocation.sol";
import {NtkSale, Offer, SizeBonus} from "../src/NtkSale.sol";
import {NtkVault, Payment, Terms} from "../src/NtkVault.sol";
import {Log, vm} from "./Vm.sol";

/// @dev Everything deployed with the figures of deployment.json, and the people who use it.
abstract contract Base {
    uint256 internal constant ALICE_KEY = 0xA11CE;
    address internal immutable alice = vm.addr(ALICE_KEY);
    address internal constant BOB = address(0xB0B);
    address internal constant ADMIN = address(0xAD);
    address internal constant SETTLER = address(0x5E);
    address internal constant GUARDIAN = address(0x6A);
    uint256 internal constant START = 20_000 days;
    uint256 internal constant NTK1 = 1e18;

    string internal figures = vm.readFile("deployment.json");
    NTK internal token;
    NtkSale internal sale;
    NtkAllocation internal allocation;
    NtkVault internal vault;

    function setUp() public virtual {
        vm.warp(START);
        token = new NTK(figure(".supply"), address(this));
        sale = new NtkSale(token, ADMIN, offer());
        allocation = new NtkAllocation(token, address(sale), uint64(START), schedules());
        vault = new NtkVault(
            token, ADMIN, uint48(figure(".vault.adminDelayDays") * 1 days), SETTLER, GUARDIAN, terms()
        );
        vm.label(address(token), "NTK");
        vm.label(address(vault), "vault");
    }

    function figure(string memory key) internal view returns (uint256) {
        return vm.parseJsonUint(figures, key);
    }

    function terms() internal view returns (Terms memory) {
        return Terms({
            dailyCap: figure(".vault.dailyCap"),
            exitDailyCap: figure(".vault.exitDailyCap"),
            threshold: figure(".vault.threshold"),
            window: uint64(figure(".vault.windowDays") * 1 days),
            silence: uint64(figure(".vault.silenceDays") * 1 days)
        });
    }

    function offer() internal view returns (Offer memory result) {
        SizeBonus[] memory bySize = new SizeBonus[](5);
        for (uint256 i = 0; i < bySize.length; i++) {
            string memory key = string.concat(".sale.bySize[", vm.toString(i), "]");
            bySize[i] = SizeBonus(uint128(figure(string.concat(key, ".value"))), uint128(figure(string.concat(key, ".bonus"))));
        }
        result = Offer({
            price: figure(".sale.price"),
            start: uint64(START),
            end: uint64(START + figure(".sale.days") * 1 days),
            floor: figure(".sale.floor"),
            cap: figure(".sale.cap"),
            weekly: vm.parseJsonUintArray(figures, ".sale.weekly"),
            bySize: bySize
        });
    }

    function schedules() internal view returns (Schedule[4] memory result) {
        string[4] memory names = ["team", "partners", "reserve", "researchers"];
        for (uint160 i = 0; i < names.length; i++) {
            string memory key = string.concat(".vesting.", names[i]);
            result[i] = Schedule({
                beneficiary: address(0x7EA0 + i),
                cliff: uint64(figure(string.concat(key, ".cliffDays")) * 1 days),
                duration: uint64(figure(string.concat(key, ".days")) * 1 days)
            });
        }
    }

    /// @dev The value folded into the range, both ends included.
    function bound(uint256 value, uint256 low, uint256 high) internal pure returns (uint256) {
        return low + value % (high - low + 1);
    }

    function fund(address holder, uint256 amount) internal {
        require(token.transfer(holder, amount));
    }

    /// @dev Tokens of Alice's brought into the vault.
    function deposit(uint256 amount) internal {
        fund(alice, amount);
        vm.startPrank(alice);
        token.approve(address(vault), amount);
        vault.deposit(amount, "alice");
        vm.stopPrank();
    }

    function permit(uint256 key, address spender, uint256 amount, uint256 deadline)
        internal
        view
        returns (uint8 v, bytes32 r, bytes32 s)
    {
        address holder = vm.addr(key);
        bytes32 kind = keccak256("Permit(address owner,address spender,uint256 value,uint256 nonce,uint256 deadline)");
        bytes32 content = keccak256(abi.encode(kind, holder, spender, amount, token.nonces(holder), deadline));
        return vm.sign(key, keccak256(abi.encodePacked(hex"1901", token.DOMAIN_SEPARATOR(), content)));
    }

    function one(bytes32 id, address to, uint256 amount) internal pure returns (Payment[] memory payments) {
        payments = new Payment[](1);
        payments[0] = Payment(id, to, amount);
    }

    /// @dev Consecutive ids, recipients that differ, the same amount for each.
    function many(uint256 count, uint256 firstId, uint160 firstTo, uint256 amount) internal pure returns (Payment[] memory payments) {
        payments = new Payment[](count);
        for (uint256 i = 0; i < count; i++) {
            payments[i] = Payment(bytes32(firstId + i), address(firstTo + uint160(i)), amount);
        }
    }

    function settle(bytes32 batch, Payment[] memory payments) internal {
        vm.prank(SETTLER);
        vault.settle(batch, payments);
    }

    function publish(uint64 epoch, bytes32 root, uint256 sum) internal {
        vm.prank(SETTLER);
        vault.publishRoot(epoch, root, sum);
    }

    /// @dev How many of the logs are this event.
    function count(Log[] memory logs, bytes32 signature) internal pure returns (uint256 found) {
        for (uint256 i = 0; i < logs.length; i++) {
            if (logs[i].topics[0] == signature) found++;
        }
    }

    function expectError(bytes4 selector) internal {
        vm.expectRevert(abi.encodeWithSelector(selector));
    }
}
