// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Errors} from "@openzeppelin/contracts/utils/Errors.sol";
import {NtkSale} from "../src/NtkSale.sol";
import {SaleBase} from "./SaleBase.sol";
import {vm} from "./Vm.sol";

/// @dev Takes ether and asks for more while it does.
contract Greedy {
    NtkSale private immutable sale;
    bytes private again;
    bool public turnedAway;

    constructor(NtkSale sale_) {
        sale = sale_;
    }

    function buy() external payable {
        sale.buy{value: msg.value}(0);
    }

    function take(bytes calldata call) external {
        again = call;
        (bool done,) = address(sale).call(call);
        require(done, "the first call failed");
    }

    function acceptOwnership() external {
        sale.acceptOwnership();
    }

    receive() external payable {
        (bool done,) = address(sale).call(again);
        turnedAway = !done;
    }
}

/// @dev Cannot take ether.
contract Closed {
    function buy(NtkSale sale) external payable {
        sale.buy{value: msg.value}(0);
    }

    function refund(NtkSale sale, address payable to) external {
        sale.refund(to);
    }
}

contract NtkSaleEndTest is SaleBase {
    function test_Finalise_FloorReached_BurnsTheUnsold() public {
        uint256 tokens = buy(alice, 5_000 ether);
        vm.warp(END);
        vm.expectEmit(address(sale));
        emit NtkSale.Finalised(5_000 ether, true);
        vm.expectEmit(address(sale));
        emit NtkSale.UnsoldBurned(600_000_000e18 - tokens);
        sale.finalise();
        vm.assertEq(token.balanceOf(address(sale)), tokens, "what buyers are owed is left");
        vm.assertEq(token.totalSupply(), 400_000_000e18 + tokens, "supply");
    }

    function test_Finalise_BeforeTheEnd_Reverts() public {
        vm.warp(END - 1);
        expectError(NtkSale.NotOver.selector);
        sale.finalise();
    }

    function test_Finalise_AtTheCap_EndsEarly() public {
        buy(alice, 400_000 ether);
        sale.finalise();
        vm.expectRevert(abi.encodeWithSelector(NtkSale.NotOpen.selector, START, END));
        sale.buy(0);
    }

    function test_Finalise_Twice_Reverts() public {
        fail();
        expectError(NtkSale.AlreadyFinalised.selector);
        sale.finalise();
    }

    function test_Claim_AfterSuccess_PaysOnce() public {
        succeed();
        uint256 tokens = sale.bought(alice);
        vm.startPrank(alice);
        vm.expectEmit(address(sale));
        emit NtkSale.Claimed(alice, tokens);
        sale.claim();
        vm.assertEq(token.balanceOf(alice), tokens, "tokens");
        expectError(NtkSale.NothingToClaim.selector);
        sale.claim();
    }

    function test_Claim_BeforeTheEndOrFloorMissed_Reverts() public {
        buy(alice, 1 ether);
        vm.startPrank(alice);
        expectError(NtkSale.NotFinalised.selector);
        sale.claim();
        fail();
        expectError(NtkSale.FloorMissed.selector);
        sale.claim();
    }

    function test_Refund_FloorMissed_PaysOnceAndBurnsAllTokens() public {
        buy(alice, 3 ether);
        fail();
        vm.assertEq(token.balanceOf(address(sale)), 0, "tokens left");
        vm.startPrank(alice);
        vm.expectEmit(address(sale));
        emit NtkSale.Refunded(alice, alice, 3 ether);
        sale.refund(payable(alice));
        vm.assertEq(alice.balance, 3 ether, "ether");
        expectError(NtkSale.NothingToRefund.selector);
        sale.refund(payable(alice));
    }

    function test_Refund_OpenOrFloorReachedOrToNobody_Reverts() public {
        expectError(NtkSale.NotFinalised.selector);
        sale.refund(payable(alice));
        succeed();
        vm.prank(alice);
        expectError(NtkSale.FloorReached.selector);
        sale.refund(payable(alice));
        vm.prank(ADMIN);
        expectError(NtkSale.NoRecipient.selector);
        sale.withdraw(payable(address(0)));
    }

    function test_Refund_ToNobody_Reverts() public {
        buy(alice, 1 ether);
        fail();
        vm.prank(alice);
        expectError(NtkSale.NoRecipient.selector);
        sale.refund(payable(address(0)));
    }

    function test_Refund_BuyerThatCannotTakeEther_NamesSomebodyWhoCan() public {
        Closed closed = new Closed();
        vm.deal(address(this), 1 ether);
        closed.buy{value: 1 ether}(sale);
        fail();
        expectError(Errors.FailedCall.selector);
        closed.refund(sale, payable(address(closed)));
        closed.refund(sale, payable(BOB));
        vm.assertEq(BOB.balance, 1 ether, "ether");
    }

    function test_Refund_Reentered_PaysOnce() public {
        Greedy greedy = new Greedy(sale);
        vm.deal(address(this), 1 ether);
        greedy.buy{value: 1 ether}();
        buy(alice, 1 ether);
        fail();
        greedy.take(abi.encodeCall(NtkSale.refund, (payable(address(greedy)))));
        vm.assertTrue(greedy.turnedAway(), "the second refund was paid");
        vm.assertEq(address(greedy).balance, 1 ether, "more than it paid in");
        vm.assertEq(address(sale).balance, 1 ether, "the other buyer's ether");
    }

    function test_Withdraw_Reentered_PaysOnce() public {
        Greedy greedy = new Greedy(sale);
        vm.prank(ADMIN);
        sale.transferOwnership(address(greedy));
        greedy.acceptOwnership();
        succeed();
        greedy.take(abi.encodeCall(NtkSale.withdraw, (payable(address(greedy)))));
        vm.assertTrue(greedy.turnedAway(), "the second withdrawal was paid");
        vm.assertEq(address(greedy).balance, 5_000 ether, "proceeds");
    }

    function test_Withdraw_AfterSuccess_PaysAllOnce() public {
        succeed();
        vm.startPrank(ADMIN);
        vm.expectEmit(address(sale));
        emit NtkSale.Withdrawn(BOB, 5_000 ether);
        sale.withdraw(payable(BOB));
        vm.assertEq(BOB.balance, 5_000 ether, "proceeds");
        expectError(NtkSale.NothingToWithdraw.selector);
        sale.withdraw(payable(BOB));
    }

    function test_Withdraw_OpenOrFloorMissed_Reverts() public {
        buy(alice, 1 ether);
        vm.startPrank(ADMIN);
        expectError(NtkSale.NotFinalised.selector);
        sale.withdraw(payable(BOB));
        fail();
        expectError(NtkSale.FloorMissed.selector);
        sale.withdraw(payable(BOB));
    }

    function test_BurnUnsold_WhatArrivesLate_IsBurntAndNotTheBuyers() public {
        expectError(NtkSale.NotFinalised.selector);
        sale.burnUnsold();
        succeed();
        expectError(NtkSale.NothingToBurn.selector);
        sale.burnUnsold();
        fund(address(sale), 7);
        vm.assertEq(sale.burnUnsold(), 7, "burnt");
        vm.prank(alice);
        sale.claim();
        fund(address(sale), 5);
        vm.assertEq(sale.burnUnsold(), 5, "burnt after the buyers have gone");
    }
}
