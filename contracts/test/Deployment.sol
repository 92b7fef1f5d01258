// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {NTK} from "../src/NTK.sol";
import {NtkAllocation, Schedule} from "../src/NtkAllocation.sol";
import {NtkSale, Offer, SizeBonus} from "../src/NtkSale.sol";
import {NtkVault, Terms} from "../src/NtkVault.sol";
import {vm} from "./Vm.sol";

/// @dev Deploys everything with the figures of deployment.json, and gives the supply to its creator. A contract of its own,
/// so that the tests do not each compile it into themselves.
contract Deployment {
    NTK public immutable token;
    NtkSale public immutable sale;
    NtkAllocation public immutable allocation;
    NtkVault public immutable vault;
    string private figures = vm.readFile("deployment.json");

    constructor(address admin, address settler, address guardian) {
        token = new NTK(figure(".supply"), msg.sender);
        sale = new NtkSale(token, admin, offer());
        allocation = new NtkAllocation(token, address(sale), uint64(block.timestamp), schedules());
        vault = new NtkVault(token, admin, uint48(figure(".vault.adminDelayDays") * 1 days), settler, guardian, terms());
    }

    function terms() public view returns (Terms memory) {
        return Terms({
            dailyCap: figure(".vault.dailyCap"),
            exitDailyCap: figure(".vault.exitDailyCap"),
            threshold: figure(".vault.threshold"),
            window: uint64(figure(".vault.windowDays") * 1 days),
            silence: uint64(figure(".vault.silenceDays") * 1 days)
        });
    }

    /// @dev Begins now.
    function offer() public view returns (Offer memory) {
        SizeBonus[] memory bySize = new SizeBonus[](5);
        for (uint256 i = 0; i < bySize.length; i++) {
            string memory key = string.concat(".sale.bySize[", vm.toString(i), "]");
            bySize[i] = SizeBonus(uint128(figure(string.concat(key, ".value"))), uint128(figure(string.concat(key, ".bonus"))));
        }
        return Offer({
            price: figure(".sale.price"),
            start: uint64(block.timestamp),
            end: uint64(block.timestamp + figure(".sale.days") * 1 days),
            floor: figure(".sale.floor"),
            cap: figure(".sale.cap"),
            weekly: vm.parseJsonUintArray(figures, ".sale.weekly"),
            bySize: bySize
        });
    }

    function schedules() public view returns (Schedule[4] memory result) {
        string[4] memory names = ["team", "partners", "reserve", "researchers"];
        for (uint160 i = 0; i < names.length; i++) {
            string memory key = string.concat(".vesting.", names[i]);
            result[i] = Schedule({
                beneficiary: address(0x7EA0 + i),
                cliff: uint64(figure(string.concat(key, ".cliffDays")) * 1 days),
                duration: uint64(figure(string.concat(key, ".days")) * 1 days)
            });
        }
    }

    function figure(string memory key) private view returns (uint256) {
        return vm.parseJsonUint(figures, key);
    }
}
