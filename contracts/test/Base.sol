// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {NTK} from "../src/NTK.sol";
import {NtkAllocation} from "../src/NtkAllocation.sol";
import {NtkSale} from "../src/NtkSale.sol";
import {NtkVault, Payment} from "../src/NtkVault.sol";
import {Deployment} from "./Deployment.sol";
import {Log, vm} from "./Vm.sol";

/// @dev Everything deployed, and the people who use it.
abstract contract Base {
    uint256 internal constant ALICE_KEY = 0xA11CE;
    address internal immutable alice = vm.addr(ALICE_KEY);
    address internal constant BOB = address(0xB0B);
    address internal constant ADMIN = address(0xAD);
    address internal constant SETTLER = address(0x5E);
    address internal constant GUARDIAN = address(0x6A);
    uint256 internal constant START = 20_000 days;
    uint256 internal constant NTK1 = 1e18;

    Deployment internal deployment;
    NTK internal token;
    NtkSale internal sale;
    NtkAllocation internal allocation;
    NtkVault internal vault;

    function setUp() public virtual {
        vm.warp(START);
        deployment = new Deployment(ADMIN, SETTLER, GUARDIAN);
        (token, sale, allocation, vault) = (deployment.token(), deployment.sale(), deployment.allocation(), deployment.vault());
        vm.label(address(token), "NTK");
        vm.label(address(vault), "vault");
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
    function occurrences(Log[] memory logs, bytes32 signature) internal pure returns (uint256 found) {
        for (uint256 i = 0; i < logs.length; i++) {
            if (logs[i].topics[0] == signature) found++;
        }
    }

    function expectError(bytes4 selector) internal {
        vm.expectRevert(abi.encodeWithSelector(selector));
    }
}
