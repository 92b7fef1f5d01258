// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Ownable} from "@openzeppelin/contracts/access/Ownable.sol";
import {Errors} from "@openzeppelin/contracts/utils/Errors.sol";
import {Pausable} from "@openzeppelin/contracts/utils/Pausable.sol";
import {NTK} from "../src/NTK.sol";
import {NtkSale, Offer} from "../src/NtkSale.sol";
import {Base} from "./Base.sol";
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

abstract contract SaleBase is Base {
    uint256 internal constant END = START + 28 days;

    function setUp() public virtual override {
        super.setUp();
        fund(address(sale), 600_000_000e18);
    }

    function buy(address buyer, uint256 value) internal returns (uint256) {
        vm.deal(buyer, value);
        vm.prank(buyer);
        return sale.buy{value: value}(0);
    }

    function succeed() internal {
        buy(alice, 5_000 ether);
        vm.warp(END);
        sale.finalise();
    }

    function fail() internal {
        vm.warp(END);
        sale.finalise();
    }
}

contract NtkSaleBuyTest is SaleBase {
    function test_Constructor_BadOffer_Reverts() public {
        for (uint256 i = 0; i < 6; i++) {
            Offer memory bad = offer();
            if (i == 0) bad.price = 0;
            if (i == 1) bad.end = bad.start;
            if (i == 2) bad.cap = 0;
            if (i == 3) bad.floor = bad.cap + 1;
            if (i == 4) bad.bySize[1].value = bad.bySize[0].value;
            if (i == 5) bad.bySize[1].bonus = bad.bySize[0].bonus;
            expectError(NtkSale.BadOffer.selector);
            new NtkSale(token, ADMIN, bad);
        }
        Offer memory good = offer();
        expectError(NtkSale.BadOffer.selector);
        new NtkSale(NTK(BOB), ADMIN, good);
    }

    function test_Bonus_ByWeekAndSize_AddsUp() public view {
        vm.assertEq(sale.bonus(1 ether, START), 1_500, "first week");
        vm.assertEq(sale.bonus(1 ether, START + 1 weeks - 1), 1_500, "last second of the first week");
        vm.assertEq(sale.bonus(1 ether, START + 1 weeks), 1_000, "second week");
        vm.assertEq(sale.bonus(1 ether, START + 2 weeks), 500, "third week");
        vm.assertEq(sale.bonus(1 ether, START + 3 weeks), 0, "fourth week");
        vm.assertEq(sale.bonus(30 ether - 1, START + 3 weeks), 0, "just too small");
        vm.assertEq(sale.bonus(30 ether, START + 3 weeks), 100, "30 ETH");
        vm.assertEq(sale.bonus(3_000 ether, START + 3 weeks), 3_000, "3,000 ETH");
        vm.assertEq(sale.bonus(3_000 ether, START), 4_500, "both");
    }

    function test_Buy_OneEther_Is1150TokensInTheFirstWeek() public {
        vm.deal(alice, 1 ether);
        vm.expectEmit(address(sale));
        emit NtkSale.Bought(alice, 1 ether, 1_150e18, 1_500);
        vm.prank(alice);
        sale.buy{value: 1 ether}(1_150e18);
        vm.assertEq(sale.bought(alice), 1_150e18, "bought");
        vm.assertEq(sale.paid(alice), 1 ether, "paid");
    }

    function testFuzz_Quote_AnyPrice_IsAtMostOneUnitBelowExact(uint256 value, uint256 price, uint256 time) public {
        Offer memory given = offer();
        given.price = bound(price, 1, 1e24);
        value = bound(value, 0, 1e26);
        time = bound(time, START, END);
        sale = new NtkSale(token, ADMIN, given);
        uint256 tokens = sale.quote(value, time);
        uint256 exact = value * 1e18 * (10_000 + sale.bonus(value, time)); // In 1 / (price * 10,000) units.
        vm.assertLe(tokens * given.price * 10_000, exact, "in the buyer's favour");
        vm.assertLt(exact, (tokens + 1) * given.price * 10_000, "more than one unit against the buyer");
    }

    function testFuzz_Buy_InParts_NeverGivesMoreThanAtOnce(uint256 value, uint256 first) public {
        value = bound(value, 2, 100_000 ether);
        first = bound(first, 1, value - 1);
        vm.assertLe(buy(alice, first) + buy(alice, value - first), sale.quote(value, START), "split");
    }

    function test_Buy_OutsideItsTime_Reverts() public {
        bytes memory notOpen = abi.encodeWithSelector(NtkSale.NotOpen.selector, START, END);
        vm.deal(alice, 1 ether);
        vm.startPrank(alice);
        vm.warp(START - 1);
        vm.expectRevert(notOpen);
        sale.buy{value: 1}(0);
        vm.warp(END);
        vm.expectRevert(notOpen);
        sale.buy{value: 1}(0);
    }

    function test_Buy_Nothing_Reverts() public {
        expectError(NtkSale.NothingBought.selector);
        sale.buy(0);
    }

    function test_Buy_FewerTokensThanAsked_Reverts() public {
        vm.warp(START + 1 weeks);
        vm.deal(alice, 1 ether);
        vm.prank(alice);
        vm.expectRevert(abi.encodeWithSelector(NtkSale.TooFewTokens.selector, 1_100e18, 1_150e18));
        sale.buy{value: 1 ether}(1_150e18);
    }

    function test_Buy_OverTheCap_Reverts() public {
        buy(alice, 399_999 ether);
        vm.deal(BOB, 2 ether);
        vm.prank(BOB);
        vm.expectRevert(abi.encodeWithSelector(NtkSale.CapExceeded.selector, 2 ether, 1 ether));
        sale.buy{value: 2 ether}(0);
    }

    function test_Buy_MoreThanTheSaleHolds_Reverts() public {
        sale = new NtkSale(token, ADMIN, offer());
        fund(address(sale), 2_000e18);
        buy(alice, 1 ether);
        vm.deal(BOB, 1 ether);
        vm.prank(BOB);
        vm.expectRevert(abi.encodeWithSelector(NtkSale.SoldOut.selector, 1_150e18, 850e18));
        sale.buy{value: 1 ether}(0);
    }

    function test_Buy_Paused_Reverts() public {
        vm.prank(ADMIN);
        sale.pause();
        expectError(Pausable.EnforcedPause.selector);
        sale.buy(0);
        vm.prank(ADMIN);
        sale.unpause();
        buy(alice, 1);
    }

    function test_Receive_PlainEther_Reverts() public {
        vm.deal(alice, 1 ether);
        vm.prank(alice);
        (bool done,) = address(sale).call{value: 1 ether}("");
        vm.assertTrue(!done, "taken without a purchase");
    }

    function test_OwnersDoors_ByAStranger_Revert() public {
        bytes memory stranger = abi.encodeWithSelector(Ownable.OwnableUnauthorizedAccount.selector, address(this));
        vm.expectRevert(stranger);
        sale.pause();
        vm.expectRevert(stranger);
        sale.unpause();
        vm.expectRevert(stranger);
        sale.withdraw(payable(BOB));
        vm.prank(ADMIN);
        expectError(NtkSale.OwnerNeeded.selector);
        sale.renounceOwnership();
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
    }
}

/// @dev Buyers who buy, and then take whatever the sale lets them take, in any order.
contract Buyers {
    NtkSale private immutable sale;
    address[3] public buyers = [address(0x201), address(0x202), address(0x203)];
    uint256 public raised;

    constructor(NtkSale sale_) {
        sale = sale_;
    }

    function buy(uint8 who, uint256 value, bool large) external {
        if (block.timestamp >= sale.end() || sale.finalised()) return;
        value = 1 + value % (large ? 2_000 ether : 40 ether);
        vm.deal(buyers[who % 3], value);
        vm.prank(buyers[who % 3]);
        sale.buy{value: value}(0);
        raised += value;
    }

    function pass(uint256 time) external {
        vm.warp(block.timestamp + time % 4 days);
    }

    function finalise() external {
        if (block.timestamp >= sale.end() && !sale.finalised()) sale.finalise();
    }

    function take(uint8 who) external {
        address buyer = buyers[who % 3];
        vm.startPrank(buyer);
        try sale.claim() {} catch {}
        try sale.refund(payable(buyer)) {} catch {}
        vm.stopPrank();
    }
}

contract NtkSaleInvariant is SaleBase {
    Buyers private buyers;

    function setUp() public override {
        super.setUp();
        buyers = new Buyers(sale);
    }

    function targetContracts() public view returns (address[] memory targets) {
        targets = new address[](1);
        targets[0] = address(buyers);
    }

    function invariant_Tokens_Held_CoverWhatIsOwed() public view {
        uint256 sum = 0;
        for (uint256 i = 0; i < 3; i++) {
            sum += sale.bought(buyers.buyers(i));
        }
        if (!sale.finalised() || sale.raised() >= sale.floor()) vm.assertEq(sum, sale.owed(), "owed");
        vm.assertLe(sale.owed(), token.balanceOf(address(sale)), "held");
        vm.assertEq(sale.raised(), buyers.raised(), "raised");
    }

    /// @dev However far a run came: end the sale, let everybody take what is theirs, and nothing is left.
    function afterInvariant() public {
        vm.warp(END + 100 days);
        if (!sale.finalised()) sale.finalise();
        for (uint8 i = 0; i < 3; i++) {
            buyers.take(i);
        }
        if (sale.raised() >= sale.floor()) {
            vm.prank(ADMIN);
            if (address(sale).balance > 0) sale.withdraw(payable(BOB));
        }
        vm.assertEq(address(sale).balance, 0, "ether stuck");
        vm.assertEq(token.balanceOf(address(sale)), 0, "tokens stuck");
    }
}
