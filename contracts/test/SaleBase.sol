// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Base} from "./Base.sol";
import {vm} from "./Vm.sol";

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
