// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {NtkSale} from "../src/NtkSale.sol";
import {SaleBase} from "./SaleBase.sol";
import {vm} from "./Vm.sol";

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
