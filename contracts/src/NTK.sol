// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {ERC20} from "@openzeppelin/contracts/token/ERC20/ERC20.sol";
import {ERC20Burnable} from "@openzeppelin/contracts/token/ERC20/extensions/ERC20Burnable.sol";
import {ERC20Permit} from "@openzeppelin/contracts/token/ERC20/extensions/ERC20Permit.sol";

/// @title Neuro Token
/// @notice A fixed supply, made once for one holder. No owner, no fee, no mint afterwards; holders may burn their own.
contract NTK is ERC20, ERC20Burnable, ERC20Permit {
    /// @param supply In base units (1e-18 NTK).
    constructor(uint256 supply, address holder) ERC20("Neuro Token", "NTK") ERC20Permit("Neuro Token") {
        _mint(holder, supply);
    }
}
