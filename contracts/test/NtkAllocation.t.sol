// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {NTK} from "../src/NTK.sol";
import {NtkAllocation, Schedule, Share} from "../src/NtkAllocation.sol";
import {Base} from "./Base.sol";
import {vm} from "./Vm.sol";

contract NtkAllocationTest is Base {
    uint256 private constant LONG = START + 10_000 days;

    function test_Constructor_Supply_IsSplitAsThePaperSays() public view {
        vm.assertEq(allocation.allocated(Share.Team), 120_000_000e18, "team");
        vm.assertEq(allocation.allocated(Share.Partners), 120_000_000e18, "partners");
        vm.assertEq(allocation.allocated(Share.Reserve), 100_000_000e18, "reserve");
        vm.assertEq(allocation.allocated(Share.Researchers), 60_000_000e18, "researchers");
        vm.assertEq(allocation.reserved(), 400_000_000e18, "reserved");
    }

    function test_Constructor_EachShare_IsSaid() public {
        uint256[4] memory millions = [uint256(120), 120, 100, 60];
        Schedule[4] memory given = deployment.schedules();
        for (uint256 i = 0; i < 4; i++) {
            vm.expectEmit();
            emit NtkAllocation.Allocated(
                Share(i), given[i].beneficiary, millions[i] * 1e24, given[i].cliff, given[i].duration
            );
        }
        new NtkAllocation(token, address(sale), uint64(START), given);
    }

    function test_Constructor_CliffAfterTheEnd_Reverts() public {
        Schedule[4] memory given = deployment.schedules();
        given[2].cliff = given[2].duration + 1;
        vm.expectRevert(abi.encodeWithSelector(NtkAllocation.BadSchedule.selector, Share.Reserve));
        new NtkAllocation(token, address(sale), uint64(START), given);
    }

    function test_Constructor_NoBeneficiary_Reverts() public {
        Schedule[4] memory given = deployment.schedules();
        given[3].beneficiary = address(0);
        vm.expectRevert(abi.encodeWithSelector(NtkAllocation.BadSchedule.selector, Share.Researchers));
        new NtkAllocation(token, address(sale), uint64(START), given);
    }

    function test_Constructor_NoSaleOrToken_Reverts() public {
        Schedule[4] memory given = deployment.schedules();
        expectError(NtkAllocation.BadSale.selector);
        new NtkAllocation(token, address(0), uint64(START), given);
        expectError(NtkAllocation.BadToken.selector);
        new NtkAllocation(NTK(BOB), address(sale), uint64(START), given);
    }

    function test_Release_BeforeTheCliff_Reverts() public {
        fund(address(allocation), 1e27);
        vm.warp(START + 365 days - 1);
        expectError(NtkAllocation.NothingToRelease.selector);
        allocation.release(Share.Team);
    }

    function test_Release_AtTheCliff_PaysWhatAccruedFromTheStart() public {
        fund(address(allocation), 1e27);
        vm.warp(START + 365 days);
        vm.expectEmit(address(allocation));
        emit NtkAllocation.Released(Share.Team, address(0x7EA0), 30_000_000e18);
        allocation.release(Share.Team);
        vm.assertEq(token.balanceOf(address(0x7EA0)), 30_000_000e18, "a quarter after one of four years");
    }

    function testFuzz_Release_AnyTimes_NeverAheadOfTheLineAndAllAtTheEnd(uint256 seed, uint8 share_, uint8 visits) public {
        fund(address(allocation), 1e27);
        Share share = Share(share_ % 4);
        (address beneficiary, uint64 cliff, uint64 duration) = allocation.schedules(share);
        uint256 time = START;
        for (uint256 i = 0; i < visits % 8; i++) {
            time += uint256(keccak256(abi.encode(seed, i))) % 300 days;
            vm.warp(time);
            if (allocation.vested(share, time) > allocation.released(share)) allocation.release(share);
            uint256 had = token.balanceOf(beneficiary);
            uint256 passed = time - START < duration ? time - START : duration;
            vm.assertLe(had, allocation.allocated(share) * passed / duration, "ahead of the line");
            if (time < START + cliff) vm.assertEq(had, 0, "before the cliff");
        }
        vm.warp(LONG);
        if (token.balanceOf(beneficiary) < allocation.allocated(share)) allocation.release(share);
        vm.assertEq(token.balanceOf(beneficiary), allocation.allocated(share), "all at the end");
    }

    function testFuzz_Release_AnySupplyAnyOrder_LeavesNothing(uint256 supply, uint256 order, uint256 late) public {
        supply = bound(supply, 100, type(uint128).max);
        late = bound(late, 0, supply);
        token = new NTK(supply, address(this));
        allocation = new NtkAllocation(token, address(sale), uint64(START), deployment.schedules());
        fund(address(allocation), supply - late);
        vm.warp(LONG);
        for (uint256 i = 0; i < 5; i++) {
            tryRelease((order % 5 + i) % 5);
        }
        fund(address(allocation), late);
        for (uint256 i = 0; i < 5; i++) {
            tryRelease((order % 5 + i) % 5);
        }
        vm.assertEq(token.balanceOf(address(allocation)), 0, "stuck");
        uint256 vesting = supply * 12 / 100 * 2 + supply * 10 / 100 + supply * 6 / 100;
        vm.assertEq(token.balanceOf(address(sale)), supply - vesting, "the remainder is the sale's");
    }

    /// @dev A share that the allocation cannot pay yet waits; it does not fail for the others.
    function tryRelease(uint256 share) private {
        if (share == 4) try allocation.releaseToSale() {} catch {}
        else try allocation.release(Share(share)) {} catch {}
    }

    function test_ReleaseToSale_WholeSupply_Is60Percent() public {
        fund(address(allocation), 1e27);
        vm.expectEmit(address(allocation));
        emit NtkAllocation.ReleasedToSale(600_000_000e18);
        allocation.releaseToSale();
        expectError(NtkAllocation.NothingToRelease.selector);
        allocation.releaseToSale();
    }

    function test_ReleaseToSale_SentByMistakeLater_GoesToTheSaleToo() public {
        fund(address(allocation), 1e27);
        allocation.releaseToSale();
        vm.prank(address(sale));
        token.transfer(address(allocation), 3);
        allocation.releaseToSale();
        vm.assertEq(token.balanceOf(address(allocation)), allocation.reserved(), "only what vests is left");
    }
}
