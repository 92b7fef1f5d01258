// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {ERC20Permit} from "@openzeppelin/contracts/token/ERC20/extensions/ERC20Permit.sol";
import {NTK} from "../src/NTK.sol";
import {NtkBuyback} from "../src/NtkBuyback.sol";
import {Ownable} from "@openzeppelin/contracts/access/Ownable.sol";
import {Base} from "./Base.sol";
import {vm} from "./Vm.sol";

contract NTKTest is Base {
    function test_Constructor_Supply_IsTheHolders() public view {
        vm.assertEq(bytes(token.name()), "Neuro Token", "name");
        vm.assertEq(bytes(token.symbol()), "NTK", "symbol");
        vm.assertEq(token.decimals(), 18, "decimals");
        vm.assertEq(token.totalSupply(), 1e27, "supply");
        vm.assertEq(token.balanceOf(address(this)), 1e27, "holder");
    }

    function testFuzz_Transfer_AnyAmount_TakesNoFee(uint256 amount) public {
        amount = bound(amount, 0, 1e27);
        token.transfer(BOB, amount);
        vm.assertEq(token.balanceOf(BOB), amount, "received");
        vm.assertEq(token.balanceOf(address(this)), 1e27 - amount, "sent");
    }

    function testFuzz_Burn_AnyAmount_LowersTheSupply(uint256 amount) public {
        amount = bound(amount, 0, 1e27);
        token.burn(amount);
        vm.assertEq(token.totalSupply(), 1e27 - amount, "supply");
    }

    function test_Permit_Signed_Allows() public {
        (uint8 v, bytes32 r, bytes32 s) = permit(ALICE_KEY, BOB, 5, START);
        token.permit(alice, BOB, 5, START, v, r, s);
        vm.assertEq(token.allowance(alice, BOB), 5, "allowance");
    }

    function test_Permit_Expired_Reverts() public {
        (uint8 v, bytes32 r, bytes32 s) = permit(ALICE_KEY, BOB, 5, START - 1);
        vm.expectRevert(abi.encodeWithSelector(ERC20Permit.ERC2612ExpiredSignature.selector, START - 1));
        token.permit(alice, BOB, 5, START - 1, v, r, s);
    }

    function test_Permit_Replayed_Reverts() public {
        (uint8 v, bytes32 r, bytes32 s) = permit(ALICE_KEY, BOB, 5, START);
        token.permit(alice, BOB, 5, START, v, r, s);
        try token.permit(alice, BOB, 5, START, v, r, s) {
            revert("a permit was used twice");
        } catch (bytes memory reason) {
            vm.assertEq(bytes32(bytes4(reason)), bytes32(ERC20Permit.ERC2612InvalidSigner.selector), "reason");
        }
    }
}

contract NtkBuybackTest is Base {
    NtkBuyback private buyback;

    function setUp() public override {
        super.setUp();
        buyback = new NtkBuyback(token, ADMIN);
    }

    function testFuzz_Burn_InParts_LowersTheSupplyByEach(uint256 given, uint256 first) public {
        given = bound(given, 2, 1e27);
        first = bound(first, 1, given - 1);
        fund(address(buyback), given);
        vm.startPrank(ADMIN);
        vm.expectEmit(address(buyback));
        emit NtkBuyback.BoughtBackAndBurned(7, first);
        buyback.burn(first, 7);
        buyback.burn(given - first, 7);
        vm.assertEq(token.totalSupply(), 1e27 - given, "supply");
    }

    function test_Burn_ByAStranger_Reverts() public {
        fund(address(buyback), 1);
        vm.expectRevert(abi.encodeWithSelector(Ownable.OwnableUnauthorizedAccount.selector, address(this)));
        buyback.burn(1, 1);
    }

    function test_Burn_Nothing_Reverts() public {
        vm.prank(ADMIN);
        expectError(NtkBuyback.NothingToBurn.selector);
        buyback.burn(0, 1);
    }

    function test_Burn_MoreThanIsHere_Reverts() public {
        fund(address(buyback), 1);
        vm.prank(ADMIN);
        vm.expectRevert(
            abi.encodeWithSignature("ERC20InsufficientBalance(address,uint256,uint256)", address(buyback), 1, 2)
        );
        buyback.burn(2, 1);
    }

    function test_RenounceOwnership_ByTheTreasurer_Reverts() public {
        vm.prank(ADMIN);
        expectError(NtkBuyback.TreasurerNeeded.selector);
        buyback.renounceOwnership();
    }
}

/// @dev Transfers, approvals and burns among four holders, in any order.
contract Holders {
    NTK private immutable token;
    address[4] public holders = [address(0x101), address(0x102), address(0x103), address(0x104)];
    uint256 public burnt;

    constructor(NTK token_) {
        token = token_;
    }

    function transfer(uint8 from, uint8 to, uint256 amount) external {
        address sender = holders[from % 4];
        amount %= token.balanceOf(sender) + 1;
        vm.prank(sender);
        token.transfer(holders[to % 4], amount);
    }

    function approveAndTransfer(uint8 from, uint8 by, uint8 to, uint256 amount) external {
        address sender = holders[from % 4];
        amount %= token.balanceOf(sender) + 1;
        vm.prank(sender);
        token.approve(holders[by % 4], amount);
        vm.prank(holders[by % 4]);
        token.transferFrom(sender, holders[to % 4], amount);
    }

    function burn(uint8 from, uint256 amount) external {
        address sender = holders[from % 4];
        amount %= token.balanceOf(sender) / 8 + 1;
        vm.prank(sender);
        token.burn(amount);
        burnt += amount;
    }
}

contract NTKInvariant is Base {
    Holders private holders;

    function setUp() public override {
        super.setUp();
        holders = new Holders(token);
        for (uint256 i = 0; i < 4; i++) {
            fund(holders.holders(i), 25e25);
        }
    }

    function targetContracts() public view returns (address[] memory targets) {
        targets = new address[](1);
        targets[0] = address(holders);
    }

    function invariant_Balances_Sum_IsSupplyLessBurnt() public view {
        uint256 sum = 0;
        for (uint256 i = 0; i < 4; i++) {
            sum += token.balanceOf(holders.holders(i));
        }
        vm.assertEq(sum, token.totalSupply(), "balances");
        vm.assertEq(token.totalSupply(), 1e27 - holders.burnt(), "burnt");
    }
}
