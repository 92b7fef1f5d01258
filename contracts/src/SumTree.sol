// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

/// @dev One sibling on the way from a leaf to the root.
struct Step {
    bytes32 hash;
    uint256 sum;
    bool left; // The sibling is on the left.
}

/// @title Merkle sum tree of what the platform owes
/// @notice A node is (hash, sum). Every inner hash covers both sums below it, so no subtree can be left out of the total.
/// Leaves begin with 0 and inner nodes with 1, so neither can pass for the other.
library SumTree {
    uint256 internal constant MAX_STEPS = 64;

    error PathTooLong(uint256 steps);

    function leaf(address owner, uint256 amount, bytes32 salt) internal pure returns (bytes32) {
        return keccak256(abi.encodePacked(uint8(0), owner, amount, salt));
    }

    function join(bytes32 leftHash, uint256 leftSum, bytes32 rightHash, uint256 rightSum) internal pure returns (bytes32) {
        return keccak256(abi.encodePacked(uint8(1), leftHash, leftSum, rightHash, rightSum));
    }

    /// @notice The root that a leaf and its path lead to. A sum over 2^256 reverts.
    function climb(bytes32 hash, uint256 sum, Step[] calldata path) internal pure returns (bytes32, uint256) {
        require(path.length <= MAX_STEPS, PathTooLong(path.length));
        for (uint256 i = 0; i < path.length; i++) {
            Step calldata sibling = path[i];
            hash = sibling.left ? join(sibling.hash, sibling.sum, hash, sum) : join(hash, sum, sibling.hash, sibling.sum);
            sum += sibling.sum;
        }
        return (hash, sum);
    }
}
