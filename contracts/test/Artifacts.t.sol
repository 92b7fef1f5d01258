// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {NTK} from "../src/NTK.sol";
import {NtkAllocation} from "../src/NtkAllocation.sol";
import {NtkBuyback} from "../src/NtkBuyback.sol";
import {NtkSale} from "../src/NtkSale.sol";
import {NtkVault} from "../src/NtkVault.sol";
import {vm} from "./Vm.sol";

/// @dev What these tests try is what is checked in: forge and build.mjs compile with the same settings.
contract ArtifactsTest {
    function test_Bytecode_OfEachContract_IsTheCheckedInOne() public view {
        same("NTK", type(NTK).creationCode);
        same("NtkAllocation", type(NtkAllocation).creationCode);
        same("NtkBuyback", type(NtkBuyback).creationCode);
        same("NtkSale", type(NtkSale).creationCode);
        same("NtkVault", type(NtkVault).creationCode);
    }

    function same(string memory name, bytes memory code) private view {
        string memory artifact = vm.readFile(string.concat("artifacts/", name, ".json"));
        vm.assertEq(keccak256(vm.parseJsonBytes(artifact, ".bytecode")), keccak256(code), name);
    }
}
