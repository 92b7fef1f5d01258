// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {SafeERC20} from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";
import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";
import {NTK} from "./NTK.sol";

/// @dev The shares that vest, in the order of the constructor's schedules. The sale is the fifth, and does not vest.
enum Share {
    Team,
    Partners,
    Reserve,
    Researchers
}

/// @dev When a share belongs to whom: nothing before the cliff, then linearly from the start, all at the end.
struct Schedule {
    address beneficiary;
    uint64 cliff; // Seconds from the start.
    uint64 duration; // Seconds from the start; not before the cliff.
}

/// @title Who gets which part of the supply, and when
/// @notice 60 % sale, 12 % team, 12 % partners, 10 % liquidity reserve, 6 % researchers. The vesting shares are fixed at
/// deployment, rounded down; everything else that is ever sent here, the remainder of rounding included, is the sale's.
/// Nobody can change anything. Anybody may trigger a payment; it goes to the beneficiary.
contract NtkAllocation {
    using SafeERC20 for NTK;

    NTK public immutable token;
    address public immutable sale;
    uint64 public immutable start;

    mapping(Share => Schedule) public schedules;
    mapping(Share => uint256) public allocated;
    mapping(Share => uint256) public released;
    /// @notice What the vesting shares have still to get.
    uint256 public reserved;

    event Allocated(Share indexed share, address indexed beneficiary, uint256 amount, uint64 cliff, uint64 duration);
    event Released(Share indexed share, address indexed beneficiary, uint256 amount);
    event ReleasedToSale(uint256 amount);

    error BadSchedule(Share share);
    error BadToken();
    error BadSale();
    error NothingToRelease();

    /// @param token_ Its whole supply is to be sent here, before or after.
    constructor(NTK token_, address sale_, uint64 start_, Schedule[4] memory given) {
        require(address(token_).code.length > 0, BadToken());
        require(sale_ != address(0), BadSale());
        token = token_;
        sale = sale_;
        start = start_;
        uint256 supply = token_.totalSupply();
        uint256 total = 0;
        for (uint256 i = 0; i < given.length; i++) {
            Share share = Share(i);
            require(given[i].beneficiary != address(0) && given[i].cliff <= given[i].duration, BadSchedule(share));
            uint256 amount = Math.mulDiv(supply, percent(share), 100);
            schedules[share] = given[i];
            allocated[share] = amount;
            total += amount;
            emit Allocated(share, given[i].beneficiary, amount, given[i].cliff, given[i].duration);
        }
        reserved = total;
    }

    /// @notice Of the supply; the sale has the other 60.
    function percent(Share share) public pure returns (uint256) {
        if (share == Share.Reserve) return 10;
        if (share == Share.Researchers) return 6;
        return 12;
    }

    function vested(Share share, uint256 time) public view returns (uint256) {
        Schedule memory schedule = schedules[share];
        if (time < uint256(start) + schedule.cliff) return 0;
        uint256 elapsed = time - start;
        if (elapsed >= schedule.duration) return allocated[share];
        return Math.mulDiv(allocated[share], elapsed, schedule.duration);
    }

    function release(Share share) external returns (uint256 amount) {
        amount = vested(share, block.timestamp) - released[share];
        require(amount > 0, NothingToRelease());
        released[share] += amount;
        reserved -= amount;
        address beneficiary = schedules[share].beneficiary;
        token.safeTransfer(beneficiary, amount);
        emit Released(share, beneficiary, amount);
    }

    function releaseToSale() external returns (uint256 amount) {
        amount = Math.saturatingSub(token.balanceOf(address(this)), reserved);
        require(amount > 0, NothingToRelease());
        token.safeTransfer(sale, amount);
        emit ReleasedToSale(amount);
    }
}
