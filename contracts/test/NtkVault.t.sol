// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IAccessControl} from "@openzeppelin/contracts/access/IAccessControl.sol";
import {Pausable} from "@openzeppelin/contracts/utils/Pausable.sol";
import {NTK} from "../src/NTK.sol";
import {NtkVault, Payment, Terms} from "../src/NtkVault.sol";
import {Base} from "./Base.sol";
import {Log, vm} from "./Vm.sol";

contract NtkVaultTermsTest is Base {
    function test_Constructor_BadTerms_Reverts() public {
        for (uint256 i = 0; i < 6; i++) {
            Terms memory bad = deployment.terms();
            if (i == 0) bad.dailyCap = bad.threshold = 0;
            if (i == 1) bad.exitDailyCap = 0;
            if (i == 2) bad.threshold = bad.dailyCap + 1;
            if (i == 3) bad.window = 0;
            if (i == 4) bad.silence = bad.window - 1;
            expectError(NtkVault.BadTerms.selector);
            new NtkVault(i == 5 ? NTK(BOB) : token, ADMIN, 1, SETTLER, GUARDIAN, bad);
        }
    }

    function test_Doors_ByAStranger_Revert() public {
        bytes32[3] memory roles = [vault.SETTLER_ROLE(), vault.GUARDIAN_ROLE(), vault.DEFAULT_ADMIN_ROLE()];
        bytes[3] memory errors;
        for (uint256 i = 0; i < 3; i++) {
            errors[i] = abi.encodeWithSelector(IAccessControl.AccessControlUnauthorizedAccount.selector, address(this), roles[i]);
        }
        vm.expectRevert(errors[0]);
        vault.settle("batch", one("id", BOB, 1));
        vm.expectRevert(errors[0]);
        vault.publishRoot(1, "root", 1);
        vm.expectRevert(errors[1]);
        vault.cancel("id");
        vm.expectRevert(errors[1]);
        vault.revokeRoot(1);
        vm.expectRevert(errors[1]);
        vault.pause();
        vm.expectRevert(errors[2]);
        vault.unpause();
        vm.expectRevert(errors[2]);
        vault.recover(BOB, 1);
    }

    function test_Admin_NewOne_TakesOverAfterTheDelayOnly() public {
        vm.prank(ADMIN);
        vault.beginDefaultAdminTransfer(BOB);
        vm.warp(START + 2 days);
        vm.prank(BOB);
        vm.expectRevert(abi.encodeWithSignature("AccessControlEnforcedDefaultAdminDelay(uint48)", START + 2 days));
        vault.acceptDefaultAdminTransfer();
        vm.warp(START + 2 days + 1);
        vm.prank(BOB);
        vault.acceptDefaultAdminTransfer();
        vm.assertEq(vault.defaultAdmin(), BOB, "admin");
    }
}

contract NtkVaultDepositTest is Base {
    function testFuzz_Deposit_AnyAmount_IsHeldAndSaid(uint256 amount, bytes32 account) public {
        amount = bound(amount, 1, 1e27);
        token.approve(address(vault), amount);
        vm.expectEmit(address(vault));
        emit NtkVault.Deposited(address(this), account, amount);
        vault.deposit(amount, account);
        vm.assertEq(token.balanceOf(address(vault)), amount, "held");
    }

    function test_Deposit_Nothing_Reverts() public {
        expectError(NtkVault.NothingDeposited.selector);
        vault.deposit(0, "alice");
    }

    function test_Deposit_WithoutAllowance_Reverts() public {
        vm.expectRevert(abi.encodeWithSignature("ERC20InsufficientAllowance(address,uint256,uint256)", address(vault), 0, 1));
        vault.deposit(1, "alice");
    }

    function test_DepositWithPermit_FrontRun_Succeeds() public {
        fund(alice, 5);
        (uint8 v, bytes32 r, bytes32 s) = permit(ALICE_KEY, address(vault), 5, START);
        vm.prank(BOB);
        token.permit(alice, address(vault), 5, START, v, r, s);
        vm.prank(alice);
        vm.expectEmit(address(vault));
        emit NtkVault.Deposited(alice, "alice", 5);
        vault.depositWithPermit(5, "alice", START, v, r, s);
    }

    function test_DepositWithPermit_Undisturbed_Succeeds() public {
        fund(alice, 5);
        (uint8 v, bytes32 r, bytes32 s) = permit(ALICE_KEY, address(vault), 5, START);
        vm.prank(alice);
        vault.depositWithPermit(5, "alice", START, v, r, s);
        vm.assertEq(token.balanceOf(address(vault)), 5, "held");
    }

    function test_DepositWithPermit_SomebodyElsesPermit_Reverts() public {
        fund(alice, 5);
        (uint8 v, bytes32 r, bytes32 s) = permit(ALICE_KEY, address(vault), 5, START);
        vm.prank(BOB);
        vm.expectRevert(abi.encodeWithSignature("ERC20InsufficientAllowance(address,uint256,uint256)", address(vault), 0, 5));
        vault.depositWithPermit(5, "bob", START, v, r, s);
    }
}

contract NtkVaultSettleTest is Base {
    function setUp() public override {
        super.setUp();
        deposit(10_000_000e18);
    }

    function test_Settle_OnePayment_PaysAndSays() public {
        Payment[] memory payments = one("id", BOB, 7);
        vm.expectEmit(address(vault));
        emit NtkVault.Paid("batch", "id", BOB, 7);
        vm.expectEmit(address(vault));
        emit NtkVault.Settled("batch", keccak256(abi.encode(payments)), 7);
        settle("batch", payments);
        vm.assertEq(token.balanceOf(BOB), 7, "paid");
        vm.assertTrue(vault.settled("batch") && vault.used("id") && !vault.settled("other") && !vault.used("ie"), "noted");
    }

    function test_Settle_SameBatchAgain_DoesAndSaysNothing() public {
        settle("batch", one("id", BOB, 7));
        vm.recordLogs();
        settle("batch", one("id", BOB, 7));
        vm.assertEq(vm.getRecordedLogs().length, 0, "events");
        vm.assertEq(token.balanceOf(BOB), 7, "paid twice");
    }

    function test_Settle_SameBatchOtherContent_Reverts() public {
        Payment[] memory first = one("id", BOB, 7);
        Payment[] memory second = one("id", BOB, 8);
        settle("batch", first);
        bytes memory differs = abi.encodeWithSelector(
            NtkVault.BatchContentDiffers.selector, bytes32("batch"), keccak256(abi.encode(first)), keccak256(abi.encode(second))
        );
        vm.prank(SETTLER);
        vm.expectRevert(differs);
        vault.settle("batch", second);
    }

    function test_Settle_SameIdInAnotherBatch_IsNotPaidAgain() public {
        settle("batch", one("id", BOB, 7));
        vm.expectEmit(address(vault));
        emit NtkVault.PaymentRepeated("another", "id");
        settle("another", one("id", alice, 9));
        vm.assertEq(token.balanceOf(BOB), 7, "the first");
        vm.assertEq(token.balanceOf(alice), 0, "the second");
    }

    function testFuzz_Settle_AnyRepetitions_PayEachIdOnce(uint256 seed, uint8 batches) public {
        uint256[16] memory due;
        for (uint256 batch = 0; batch < batches % 6 + 1; batch++) {
            Payment[] memory payments = new Payment[](8);
            for (uint256 i = 0; i < payments.length; i++) {
                uint256 pick = uint256(keccak256(abi.encode(seed, batch, i))) % 16;
                bytes32 id = pick % 2 == 0 ? bytes32(250 + pick) : keccak256(abi.encode(pick)); // Neighbours, and not.
                payments[i] = Payment(id, address(uint160(0x3000 + pick)), 1 + pick);
                due[pick] = 1 + pick;
            }
            settle(bytes32(batch + 1), payments);
        }
        for (uint256 pick = 0; pick < 16; pick++) {
            vm.assertEq(token.balanceOf(address(uint160(0x3000 + pick))), due[pick], "paid other than once");
        }
    }

    function test_Settle_BadPayments_AreRefusedAlone() public {
        Payment[] memory payments = many(6, 1, 0x3000, 5);
        payments[0].to = address(0);
        payments[1].to = address(token);
        payments[2].to = address(vault);
        payments[3].amount = 0;
        payments[4].amount = vault.dailyCap() + 1;
        for (uint256 i = 0; i < 5; i++) {
            vm.expectEmit(address(vault));
            emit NtkVault.PaymentRefused("batch", payments[i].id, payments[i].to, payments[i].amount);
        }
        vm.expectEmit(address(vault));
        emit NtkVault.Paid("batch", payments[5].id, payments[5].to, 5);
        settle("batch", payments);
        vm.assertTrue(vault.used(payments[0].id), "a refused id is done with");
    }

    function test_Settle_NoneOrTooMany_Reverts() public {
        Payment[] memory tooMany = many(501, 1, 0x3000, 1);
        vm.startPrank(SETTLER);
        vm.expectRevert(abi.encodeWithSelector(NtkVault.BatchSize.selector, 0));
        vault.settle("batch", new Payment[](0));
        vm.expectRevert(abi.encodeWithSelector(NtkVault.BatchSize.selector, 501));
        vault.settle("batch", tooMany);
    }

    function test_Settle_OverTheDailyCap_RevertsUntilTomorrow() public {
        settle("a", many(10, 1, 0x3000, 100_000e18)); // The whole of a day's cap.
        Payment[] memory more = one("id", BOB, 1);
        vm.prank(SETTLER);
        vm.expectRevert(abi.encodeWithSelector(NtkVault.DailyCapReached.selector, 1, 0));
        vault.settle("b", more);
        vm.warp(START + 1 days);
        settle("b", more);
        vm.assertEq(token.balanceOf(BOB), 1, "paid on the next day");
    }

    function test_Settle_MoreThanTheVaultHolds_RevertsAndCanBeRepeated() public {
        vault = new NtkVault(token, ADMIN, 1, SETTLER, GUARDIAN, deployment.terms());
        Payment[] memory payments = one("id", BOB, 7);
        vm.prank(SETTLER);
        vm.expectRevert(abi.encodeWithSignature("ERC20InsufficientBalance(address,uint256,uint256)", address(vault), 0, 7));
        vault.settle("batch", payments);
        deposit(7);
        settle("batch", payments);
        vm.assertEq(token.balanceOf(BOB), 7, "paid");
    }

    function test_Pause_ByTheGuardian_StopsSettleAndRelease() public {
        settle("batch", one("large", BOB, 100_000e18 + 1));
        vm.warp(START + 1 days);
        vm.prank(GUARDIAN);
        vault.pause();
        Payment[] memory payments = one("id", BOB, 1);
        vm.prank(SETTLER);
        expectError(Pausable.EnforcedPause.selector);
        vault.settle("another", payments);
        expectError(Pausable.EnforcedPause.selector);
        vault.release("large");
        vm.prank(ADMIN);
        vault.unpause();
        vault.release("large");
    }
}

contract NtkVaultQueueTest is Base {
    uint256 private constant LARGE = 100_000e18 + 1;

    function setUp() public override {
        super.setUp();
        deposit(10_000_000e18);
    }

    function test_Settle_AboveTheThreshold_Queues() public {
        vm.expectEmit(address(vault));
        emit NtkVault.PaymentQueued("batch", "id", BOB, LARGE, START + 1 days);
        settle("batch", one("id", BOB, LARGE));
        vm.assertEq(token.balanceOf(BOB), 0, "paid at once");
        (uint256 left,) = vault.leftToday();
        vm.assertEq(left, vault.dailyCap(), "the budget is spent on release, not before");
    }

    function test_Settle_AtTheThreshold_PaysAtOnce() public {
        settle("batch", one("id", BOB, LARGE - 1));
        vm.assertEq(token.balanceOf(BOB), LARGE - 1, "paid");
    }

    function test_Release_AfterTheWindow_PaysOnceByAnybody() public {
        settle("batch", one("id", BOB, LARGE));
        vm.expectRevert(abi.encodeWithSelector(NtkVault.NotYetReleasable.selector, bytes32("id"), START + 1 days));
        vault.release("id");
        vm.warp(START + 1 days);
        vm.expectEmit(address(vault));
        emit NtkVault.PaymentReleased("id", BOB, LARGE);
        vault.release("id");
        vm.assertEq(token.balanceOf(BOB), LARGE, "paid");
        vm.expectRevert(abi.encodeWithSelector(NtkVault.NotQueued.selector, bytes32("id")));
        vault.release("id");
    }

    function test_Release_SharesTheBudgetWithSettle() public {
        settle("queue", one("large", BOB, LARGE));
        vm.warp(START + 1 days);
        settle("rest", many(10, 1, 0x3000, 100_000e18));
        vm.expectRevert(abi.encodeWithSelector(NtkVault.DailyCapReached.selector, LARGE, 0));
        vault.release("large");
        vm.warp(START + 2 days);
        vault.release("large");
    }

    function test_Cancel_InTheWindow_TakesItBackForGood() public {
        settle("batch", one("id", BOB, LARGE));
        vm.warp(START + 1 days - 1);
        vm.expectEmit(address(vault));
        emit NtkVault.PaymentCancelled("id", BOB, LARGE);
        vm.prank(GUARDIAN);
        vault.cancel("id");
        vm.warp(START + 1 days);
        vm.expectRevert(abi.encodeWithSelector(NtkVault.NotQueued.selector, bytes32("id")));
        vault.release("id");
        settle("again", one("id", BOB, LARGE));
        vm.expectRevert(abi.encodeWithSelector(NtkVault.NotQueued.selector, bytes32("id")));
        vault.release("id");
    }

    function test_Cancel_AfterTheWindowOrUnknown_Reverts() public {
        settle("batch", one("id", BOB, LARGE));
        vm.warp(START + 1 days);
        vm.startPrank(GUARDIAN);
        vm.expectRevert(abi.encodeWithSelector(NtkVault.WindowOver.selector, START + 1 days));
        vault.cancel("id");
        vm.expectRevert(abi.encodeWithSelector(NtkVault.NotQueued.selector, bytes32("other")));
        vault.cancel("other");
    }

    function test_Settle_SameIdTwiceInABatch_QueuesOnce() public {
        Payment[] memory payments = many(2, 1, 0x3000, LARGE);
        payments[1].id = payments[0].id;
        vm.recordLogs();
        settle("batch", payments);
        Log[] memory logs = vm.getRecordedLogs();
        vm.assertEq(occurrences(logs, NtkVault.PaymentQueued.selector), 1, "queued");
        vm.assertEq(occurrences(logs, NtkVault.PaymentRepeated.selector), 1, "repeated");
    }
}
