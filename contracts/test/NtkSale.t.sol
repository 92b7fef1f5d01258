// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Ownable} from "@openzeppelin/contracts/access/Ownable.sol";
import {Pausable} from "@openzeppelin/contracts/utils/Pausable.sol";
import {NTK} from "../src/NTK.sol";
import {NtkSale, Offer} from "../src/NtkSale.sol";
import {SaleBase} from "./SaleBase.sol";
import {vm} from "./Vm.sol";

contract NtkSaleBuyTest is SaleBase {
    function test_Constructor_BadOffer_Reverts() public {
        for (uint256 i = 0; i < 6; i++) {
            Offer memory bad = deployment.offer();
            if (i == 0) bad.price = 0;
            if (i == 1) bad.end = bad.start;
            if (i == 2) bad.cap = 0;
            if (i == 3) bad.floor = bad.cap + 1;
            if (i == 4) bad.bySize[1].value = bad.bySize[0].value;
            if (i == 5) bad.bySize[1].bonus = bad.bySize[0].bonus;
            expectError(NtkSale.BadOffer.selector);
            new NtkSale(token, ADMIN, bad);
        }
        Offer memory good = deployment.offer();
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
        Offer memory given = deployment.offer();
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
        sale = new NtkSale(token, ADMIN, deployment.offer());
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
