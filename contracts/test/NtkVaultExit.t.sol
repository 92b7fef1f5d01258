// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {NtkVault, Payment} from "../src/NtkVault.sol";
import {Step, SumTree} from "../src/SumTree.sol";
import {Base} from "./Base.sol";
import {Leaf, Tree} from "./Tree.sol";
import {vm} from "./Vm.sol";

contract NtkVaultRootTest is Base {
    function test_PublishRoot_RisingEpochs_AreSaid() public {
        vm.expectEmit(address(vault));
        emit NtkVault.RootPublished(3, "root", 9);
        publish(3, "root", 9);
        publish(8, "next", 9);
        vm.assertEq(vault.rootCount(), 2, "roots");
    }

    function test_PublishRoot_EpochNotAfterTheLast_Reverts() public {
        publish(3, "root", 9);
        vm.startPrank(SETTLER);
        vm.expectRevert(abi.encodeWithSelector(NtkVault.EpochNotAfter.selector, 3, 3));
        vault.publishRoot(3, "other", 9);
        vm.expectRevert(abi.encodeWithSelector(NtkVault.EpochNotAfter.selector, 3, 0));
        vault.publishRoot(0, "other", 9);
    }

    function test_RevokeRoot_InTheWindow_TakesItAndNewerOnes() public {
        publish(1, "kept", 1);
        publish(2, "false", 2);
        publish(type(uint64).max, "falser", 3);
        vm.startPrank(GUARDIAN);
        vm.expectEmit(address(vault));
        emit NtkVault.RootRevoked(2);
        vault.revokeRoot(2);
        vm.expectRevert(abi.encodeWithSelector(NtkVault.UnknownRoot.selector, type(uint64).max));
        vault.revokeRoot(type(uint64).max);
        vm.expectRevert(abi.encodeWithSelector(NtkVault.UnknownRoot.selector, 2));
        vault.revokeRoot(2);
        vm.stopPrank();
        publish(2, "true", 2); // A stolen key has not used up the epochs.
        (bytes32 hash,,,) = vault.roots(1);
        vm.assertEq(hash, "true", "root");
    }

    function test_RevokeRoot_AfterTheWindowOrUnknown_Reverts() public {
        vm.prank(GUARDIAN);
        vm.expectRevert(abi.encodeWithSelector(NtkVault.UnknownRoot.selector, 1));
        vault.revokeRoot(1);
        publish(1, "root", 1);
        vm.warp(START + 1 days);
        vm.startPrank(GUARDIAN);
        vm.expectRevert(abi.encodeWithSelector(NtkVault.WindowOver.selector, START + 1 days));
        vault.revokeRoot(1);
        vm.expectRevert(abi.encodeWithSelector(NtkVault.UnknownRoot.selector, 2));
        vault.revokeRoot(2);
    }

    function test_DeclareSilent_TooEarlyOrWithoutARoot_Reverts() public {
        vm.warp(START + 100 days);
        expectError(NtkVault.NoRoot.selector);
        vault.declareSilent();
        publish(1, "root", 1);
        vm.warp(START + 114 days);
        vm.expectRevert(abi.encodeWithSelector(NtkVault.NotSilent.selector, START + 114 days));
        vault.declareSilent();
    }

    function test_DeclareSilent_NewestRootRevoked_CountsFromTheOneBefore() public {
        publish(1, "old", 0);
        vm.warp(START + 14 days);
        publish(2, "false", 1e27);
        vm.prank(GUARDIAN);
        vault.revokeRoot(2);
        vm.warp(START + 14 days + 1);
        vm.expectEmit(address(vault));
        emit NtkVault.SilenceDeclared(1, "old", 0, 0);
        vault.declareSilent();
    }
}

contract NtkVaultExitTest is Base {
    using Tree for Leaf[];

    uint64 private epoch;

    /// @dev As many owners as asked for, owed what the seed says, up to `most` each.
    function owners(uint256 size, uint256 seed, uint256 most) private pure returns (Leaf[] memory leaves) {
        leaves = new Leaf[](size);
        for (uint256 i = 0; i < size; i++) {
            bytes32 random = keccak256(abi.encode(seed, i));
            leaves[i] = Leaf(address(uint160(0x4000 + i)), 1 + uint256(random) % most, keccak256(abi.encode(random)));
        }
    }

    /// @dev Publishes the root, and falls silent.
    function fallSilent(Leaf[] memory leaves) private {
        (bytes32 hash, uint256 sum) = leaves.root();
        publish(++epoch, hash, sum);
        vm.warp(START + 15 days);
        vault.declareSilent();
    }

    function exit(Leaf[] memory leaves, uint256 i) private returns (uint256) {
        return vault.exit(leaves[i].owner, leaves[i].amount, leaves[i].salt, leaves.path(i));
    }

    function testFuzz_Exit_AnyTree_PaysEachOwnerTheirAmountOnce(uint256 size, uint256 seed) public {
        Leaf[] memory leaves = owners(bound(size, 1, 33), seed, 1_000e18);
        (, uint256 sum) = leaves.root();
        deposit(sum);
        fallSilent(leaves);
        for (uint256 i = 0; i < leaves.length; i++) {
            vm.expectEmit(address(vault));
            emit NtkVault.Exited(leaves[i].owner, leaves[i].salt, leaves[i].amount);
            exit(leaves, i);
            vm.assertEq(token.balanceOf(leaves[i].owner), leaves[i].amount, "paid");
        }
        vm.assertEq(token.balanceOf(address(vault)), 0, "stuck");
        Step[] memory path = leaves.path(0);
        expectError(NtkVault.NothingToExit.selector);
        vault.exit(leaves[0].owner, leaves[0].amount, leaves[0].salt, path);
    }

    function testFuzz_Exit_VaultHoldsLess_PaysProRata(uint256 size, uint256 seed, uint256 held) public {
        Leaf[] memory leaves = owners(bound(size, 1, 17), seed, 1_000e18);
        (, uint256 sum) = leaves.root();
        held = bound(held, 1, sum);
        deposit(held);
        fallSilent(leaves);
        for (uint256 i = 0; i < leaves.length; i++) {
            uint256 share = leaves[i].amount * held / sum;
            if (share == 0) continue;
            vm.assertEq(exit(leaves, i), share, "share");
        }
        vm.assertLe(token.balanceOf(address(vault)), leaves.length, "more than rounding is left");
    }

    function test_Exit_OverTheDailyCap_PaysInParts() public {
        Leaf[] memory leaves = owners(2, 1, 1);
        (leaves[0].amount, leaves[1].amount) = (25_000_000e18, 7);
        deposit(25_000_007e18);
        fallSilent(leaves);
        vm.assertEq(exit(leaves, 0), 10_000_000e18, "first day");
        (Step[] memory whale, Step[] memory other) = (leaves.path(0), leaves.path(1));
        vm.expectRevert(abi.encodeWithSelector(NtkVault.DailyCapReached.selector, 15_000_000e18, 0));
        vault.exit(leaves[0].owner, leaves[0].amount, leaves[0].salt, whale);
        vm.expectRevert(abi.encodeWithSelector(NtkVault.DailyCapReached.selector, 7, 0));
        vault.exit(leaves[1].owner, leaves[1].amount, leaves[1].salt, other);
        vm.warp(START + 16 days);
        vm.assertEq(exit(leaves, 1), 7, "the other, next day");
        vm.assertEq(exit(leaves, 0), 10_000_000e18 - 7, "second day");
        vm.warp(START + 17 days);
        vm.assertEq(exit(leaves, 0), 5_000_000e18 + 7, "the rest");
    }

    function test_Exit_WhilePaused_Pays() public {
        Leaf[] memory leaves = owners(3, 1, 100);
        deposit(1_000);
        vm.prank(GUARDIAN);
        vault.pause();
        fallSilent(leaves);
        vm.assertEq(exit(leaves, 2), leaves[2].amount, "paid");
    }

    function test_Exit_NotSilent_Reverts() public {
        Leaf[] memory leaves = owners(1, 1, 100);
        expectError(NtkVault.NotInExitMode.selector);
        vault.exit(leaves[0].owner, leaves[0].amount, leaves[0].salt, new Step[](0));
        expectError(NtkVault.NotInExitMode.selector);
        vault.surplus();
    }

    function testFuzz_Exit_ChangedProof_Reverts(uint256 seed, uint8 change) public {
        Leaf[] memory leaves = owners(11, seed, 1_000e18);
        deposit(20_000e18);
        fallSilent(leaves);
        uint256 index = seed % 11;
        Leaf memory leaf = leaves[index];
        Step[] memory path = leaves.path(index);
        Step memory step = path[seed % path.length];
        change %= 7;
        if (change == 0) leaf.owner = BOB;
        if (change == 1) leaf.amount++;
        if (change == 2) leaf.salt = ~leaf.salt;
        if (change == 3) step.hash = ~step.hash;
        if (change == 4) step.sum++;
        if (change == 5) step.left = !step.left;
        if (change == 6) path = new Step[](0);
        try vault.exit(leaf.owner, leaf.amount, leaf.salt, path) {
            revert("a changed proof was paid");
        } catch (bytes memory reason) {
            vm.assertEq(bytes32(bytes4(reason)), bytes32(NtkVault.WrongProof.selector), "reason");
        }
    }

    function test_Exit_InnerNodeAsLeaf_Reverts() public {
        // Whoever knows the tree cannot pass two leaves' parent for one leaf: the first byte differs.
        Leaf[] memory leaves = owners(2, 1, 100);
        deposit(200);
        fallSilent(leaves);
        (bytes32 hash, uint256 sum) = leaves.root();
        bytes32 wrong = SumTree.leaf(leaves[0].owner, sum, hash);
        vm.expectRevert(abi.encodeWithSelector(NtkVault.WrongProof.selector, wrong, sum));
        vault.exit(leaves[0].owner, sum, hash, new Step[](0));
    }

    function test_Exit_SumPublishedIsNotTheTrees_Reverts() public {
        Leaf[] memory leaves = owners(4, 1, 100);
        (bytes32 hash, uint256 sum) = leaves.root();
        publish(1, hash, sum - 1); // As if less were owed, so that shares would be larger for the first.
        vm.warp(START + 15 days);
        vault.declareSilent();
        Step[] memory path = leaves.path(0);
        vm.expectRevert(abi.encodeWithSelector(NtkVault.WrongProof.selector, hash, sum));
        vault.exit(leaves[0].owner, leaves[0].amount, leaves[0].salt, path);
    }

    function test_Exit_SumOverflows_Reverts() public {
        Leaf[] memory leaves = owners(1, 1, 100);
        fallSilent(leaves);
        Step[] memory path = new Step[](1);
        path[0] = Step(0, type(uint256).max, false);
        vm.expectRevert(abi.encodeWithSignature("Panic(uint256)", 0x11));
        vault.exit(leaves[0].owner, leaves[0].amount, leaves[0].salt, path);
    }

    function test_Exit_PathOver64Steps_Reverts() public {
        fallSilent(owners(1, 1, 100));
        vm.expectRevert(abi.encodeWithSelector(SumTree.PathTooLong.selector, 65));
        vault.exit(BOB, 1, "salt", new Step[](65));
    }

    function test_ExitMode_EverythingElse_IsClosedForGood() public {
        deposit(1_000_000e18);
        settle("batch", one("large", BOB, 100_001e18));
        fallSilent(owners(1, 1, 100));
        bytes memory closed = abi.encodeWithSelector(NtkVault.InExitMode.selector);
        Payment[] memory payments = one("id", BOB, 1);
        vm.expectRevert(closed);
        vault.deposit(1, "late");
        vm.expectRevert(closed);
        vault.release("large");
        vm.expectRevert(closed);
        vault.declareSilent();
        vm.startPrank(SETTLER);
        vm.expectRevert(closed);
        vault.settle("late", payments);
        vm.expectRevert(closed);
        vault.publishRoot(2, "late", 1);
        vm.stopPrank();
        vm.prank(GUARDIAN);
        vm.expectRevert(closed);
        vault.revokeRoot(1);
    }

    function test_Recover_Surplus_UnderTheDailyCapAndNeverTheExits() public {
        Leaf[] memory leaves = owners(3, 1, 100);
        (, uint256 sum) = leaves.root();
        deposit(sum + 1_500_000e18);
        fallSilent(leaves);
        vm.startPrank(ADMIN);
        vm.expectRevert(abi.encodeWithSelector(NtkVault.MoreThanSurplus.selector, 1_500_000e18 + 1, 1_500_000e18));
        vault.recover(BOB, 1_500_000e18 + 1);
        vm.expectEmit(address(vault));
        emit NtkVault.Recovered(BOB, 1_000_000e18);
        vault.recover(BOB, 1_000_000e18);
        vm.expectRevert(abi.encodeWithSelector(NtkVault.DailyCapReached.selector, 1, 0));
        vault.recover(BOB, 1);
        vm.stopPrank();
        vm.warp(START + 16 days);
        exit(leaves, 1);
        vm.assertEq(vault.surplus(), 500_000e18, "an exit leaves the surplus alone");
        vm.prank(ADMIN);
        vault.recover(BOB, 500_000e18);
        vm.assertEq(vault.surplus(), 0, "surplus");
        vm.assertEq(token.balanceOf(address(vault)), sum - leaves[1].amount, "what exits will pay yet");
    }

    /// @dev The same figures stand in docs/contracts.md, for whoever writes the tree in another language.
    function test_Root_OfThreeLeaves_IsThePublishedVector() public pure {
        Leaf[] memory leaves = new Leaf[](3);
        for (uint160 i = 0; i < 3; i++) {
            leaves[i] = Leaf(address(i + 1), (i + 1) * 1e18, bytes32(uint256(i + 1)));
        }
        (bytes32 hash, uint256 sum) = leaves.root();
        vm.assertEq(sum, 6e18, "sum");
        vm.assertEq(hash, hex"b86201d1e43814cff13cce3abb3bfb3bd9b4cdaa24a2a12981c31cbfe76b28c2", "hash");
    }
}
