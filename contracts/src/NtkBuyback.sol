// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Ownable, Ownable2Step} from "@openzeppelin/contracts/access/Ownable2Step.sol";
import {NTK} from "./NTK.sol";

/// @title Where the treasury's purchases end
/// @notice Tokens sent here can only be burnt. The owner is the treasurer, and says for which budget period.
contract NtkBuyback is Ownable2Step {
    NTK public immutable token;

    event BoughtBackAndBurned(uint64 indexed period, uint256 amount);

    error NothingToBurn();
    error TreasurerNeeded();

    constructor(NTK token_, address treasurer) Ownable(treasurer) {
        token = token_;
    }

    /// @param amount At most what is here.
    /// @param period The budget's number; one period may burn in several parts.
    function burn(uint256 amount, uint64 period) external onlyOwner {
        require(amount > 0, NothingToBurn());
        token.burn(amount);
        emit BoughtBackAndBurned(period, amount);
    }

    /// @dev Without a treasurer what is here would be neither burnt nor spent.
    function renounceOwnership() public view override onlyOwner {
        revert TreasurerNeeded();
    }
}
