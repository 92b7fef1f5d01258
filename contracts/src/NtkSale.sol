// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Ownable, Ownable2Step} from "@openzeppelin/contracts/access/Ownable2Step.sol";
import {SafeERC20} from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";
import {Address} from "@openzeppelin/contracts/utils/Address.sol";
import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";
import {Pausable} from "@openzeppelin/contracts/utils/Pausable.sol";
import {NTK} from "./NTK.sol";

/// @dev A purchase of at least `value` wei earns `bonus` basis points.
struct SizeBonus {
    uint128 value;
    uint128 bonus;
}

/// @dev What holds from deployment on, for good. Ether in wei, times in Unix seconds, bonuses in basis points.
struct Offer {
    uint256 price; // Of 1e18 base units.
    uint64 start;
    uint64 end;
    uint256 floor; // Raised less than this: everybody gets their ether back.
    uint256 cap; // Raised in all at most.
    uint256[] weekly; // The bonus of the first week, the second and so on; none after.
    SizeBonus[] bySize; // Rising in value and bonus.
}

/// @title The sale of NTK for ether
/// @notice Buyers buy, and fetch their tokens after the end; or their ether, if the floor was missed. The two bonuses add up.
/// Ether comes in by `buy` alone: a plain transfer reverts.
contract NtkSale is Ownable2Step, Pausable {
    using SafeERC20 for NTK;

    uint256 private constant BASIS = 10_000;

    NTK public immutable token;
    uint256 public immutable price;
    uint64 public immutable start;
    uint64 public immutable end;
    uint256 public immutable floor;
    uint256 public immutable cap;
    uint256[] private _weeks;
    SizeBonus[] private _sizes;

    uint256 public raised;
    bool public finalised;
    /// @notice Tokens bought and not fetched, by buyer and in all.
    mapping(address buyer => uint256) public bought;
    uint256 public owed;
    /// @notice Ether paid in by each buyer and not given back.
    mapping(address buyer => uint256) public paid;

    event Bought(address indexed buyer, uint256 value, uint256 tokens, uint256 bonus);
    event Finalised(uint256 raised, bool floorReached);
    event UnsoldBurned(uint256 tokens);
    event Claimed(address indexed buyer, uint256 tokens);
    event Refunded(address indexed buyer, address indexed to, uint256 value);
    event Withdrawn(address indexed to, uint256 value);

    error BadOffer();
    error NotOpen(uint64 start, uint64 end);
    error NothingBought();
    error TooFewTokens(uint256 tokens, uint256 atLeast);
    error CapExceeded(uint256 value, uint256 left);
    error SoldOut(uint256 tokens, uint256 left);
    error NotOver();
    error AlreadyFinalised();
    error NotFinalised();
    error FloorMissed();
    error FloorReached();
    error NothingToClaim();
    error NothingToRefund();
    error NothingToWithdraw();
    error NothingToBurn();
    error NoRecipient();
    error OwnerNeeded();

    modifier afterSuccess() {
        require(finalised, NotFinalised());
        require(raised >= floor, FloorMissed());
        _;
    }

    constructor(NTK token_, address owner, Offer memory offer) Ownable(owner) {
        require(
            address(token_).code.length > 0 && offer.price > 0 && offer.start < offer.end && offer.cap > 0
                && offer.floor <= offer.cap,
            BadOffer()
        );
        token = token_;
        price = offer.price;
        start = offer.start;
        end = offer.end;
        floor = offer.floor;
        cap = offer.cap;
        _weeks = offer.weekly;
        for (uint256 i = 0; i < offer.bySize.length; i++) {
            bool rises = i == 0
                || (offer.bySize[i].value > offer.bySize[i - 1].value && offer.bySize[i].bonus > offer.bySize[i - 1].bonus);
            require(rises, BadOffer());
            _sizes.push(offer.bySize[i]);
        }
    }

    /// @notice Basis points that a purchase of so much wei earns at a time: the week's and the size's.
    function bonus(uint256 value, uint256 time) public view returns (uint256 points) {
        uint256 week = time < start ? 0 : (time - start) / 1 weeks;
        if (week < _weeks.length) points = _weeks[week];
        for (uint256 i = _sizes.length; i > 0; i--) {
            if (value >= _sizes[i - 1].value) return points + _sizes[i - 1].bonus;
        }
    }

    /// @notice Base units for so much wei at a time, rounded down once: at most one unit less than exact.
    function quote(uint256 value, uint256 time) public view returns (uint256) {
        return Math.mulDiv(value, 1e18 * (BASIS + bonus(value, time)), price * BASIS);
    }

    /// @param atLeast Base units; fewer, because a week ended meanwhile, and the purchase reverts.
    function buy(uint256 atLeast) external payable whenNotPaused returns (uint256 tokens) {
        require(block.timestamp >= start && block.timestamp < end && !finalised, NotOpen(start, end));
        require(msg.value <= cap - raised, CapExceeded(msg.value, cap - raised));
        tokens = quote(msg.value, block.timestamp);
        require(tokens > 0, NothingBought());
        require(tokens >= atLeast, TooFewTokens(tokens, atLeast));
        uint256 left = token.balanceOf(address(this)) - owed;
        require(tokens <= left, SoldOut(tokens, left));

        raised += msg.value;
        paid[msg.sender] += msg.value;
        bought[msg.sender] += tokens;
        owed += tokens;
        emit Bought(msg.sender, msg.value, tokens, bonus(msg.value, block.timestamp));
    }

    /// @notice Ends the sale when its time or its cap is reached, and burns what is unsold; anybody may call it.
    function finalise() external {
        require(!finalised, AlreadyFinalised());
        require(block.timestamp >= end || raised == cap, NotOver());
        finalised = true;
        if (raised < floor) owed = 0;
        emit Finalised(raised, raised >= floor);
        if (token.balanceOf(address(this)) > owed) burnUnsold();
    }

    /// @notice Burns what nobody is owed: the unsold rest, and what arrives after the end.
    function burnUnsold() public returns (uint256 tokens) {
        require(finalised, NotFinalised());
        tokens = token.balanceOf(address(this)) - owed;
        require(tokens > 0, NothingToBurn());
        token.burn(tokens);
        emit UnsoldBurned(tokens);
    }

    function claim() external afterSuccess returns (uint256 tokens) {
        tokens = bought[msg.sender];
        require(tokens > 0, NothingToClaim());
        bought[msg.sender] = 0;
        owed -= tokens;
        token.safeTransfer(msg.sender, tokens);
        emit Claimed(msg.sender, tokens);
    }

    /// @param to Where the ether goes: a buyer that cannot take ether names somebody who can.
    function refund(address payable to) external returns (uint256 value) {
        require(finalised, NotFinalised());
        require(raised < floor, FloorReached());
        require(to != address(0), NoRecipient());
        value = paid[msg.sender];
        require(value > 0, NothingToRefund());
        paid[msg.sender] = 0;
        emit Refunded(msg.sender, to, value);
        Address.sendValue(to, value);
    }

    function withdraw(address payable to) external onlyOwner afterSuccess returns (uint256 value) {
        require(to != address(0), NoRecipient());
        value = address(this).balance;
        require(value > 0, NothingToWithdraw());
        emit Withdrawn(to, value);
        Address.sendValue(to, value);
    }

    /// @notice Stops buying, and nothing else.
    function pause() external onlyOwner {
        _pause();
    }

    function unpause() external onlyOwner {
        _unpause();
    }

    /// @dev Without an owner the proceeds would stay here.
    function renounceOwnership() public view override onlyOwner {
        revert OwnerNeeded();
    }
}
