// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Step} from "../src/SumTree.sol";

/// @dev What one owner is owed.
struct Leaf {
    address owner;
    uint256 amount;
    bytes32 salt;
}

/// @dev The Merkle sum tree as its definition says it, level by level, apart from src/SumTree.sol.
library Tree {
    struct Node {
        bytes32 hash;
        uint256 sum;
    }

    function root(Leaf[] memory leaves) internal pure returns (bytes32, uint256) {
        Node[] memory level = bottom(leaves);
        while (level.length > 1) {
            level = above(level);
        }
        return (level[0].hash, level[0].sum);
    }

    function path(Leaf[] memory leaves, uint256 index) internal pure returns (Step[] memory steps) {
        Node[] memory level = bottom(leaves);
        while (level.length > 1) {
            Node memory sibling = index % 2 == 1 ? level[index - 1] : index + 1 < level.length ? level[index + 1] : Node(0, 0);
            steps = append(steps, Step(sibling.hash, sibling.sum, index % 2 == 1));
            level = above(level);
            index /= 2;
        }
    }

    function bottom(Leaf[] memory leaves) private pure returns (Node[] memory level) {
        level = new Node[](leaves.length);
        for (uint256 i = 0; i < leaves.length; i++) {
            Leaf memory leaf = leaves[i];
            level[i] = Node(keccak256(abi.encodePacked(hex"00", leaf.owner, leaf.amount, leaf.salt)), leaf.amount);
        }
    }

    /// @dev An odd node at the end is paired with the empty leaf.
    function above(Node[] memory level) private pure returns (Node[] memory next) {
        next = new Node[]((level.length + 1) / 2);
        for (uint256 i = 0; i < next.length; i++) {
            Node memory left = level[2 * i];
            Node memory right = 2 * i + 1 < level.length ? level[2 * i + 1] : Node(0, 0);
            next[i] = Node(keccak256(abi.encodePacked(hex"01", left.hash, left.sum, right.hash, right.sum)), left.sum + right.sum);
        }
    }

    function append(Step[] memory steps, Step memory step) private pure returns (Step[] memory longer) {
        longer = new Step[](steps.length + 1);
        for (uint256 i = 0; i < steps.length; i++) {
            longer[i] = steps[i];
        }
        longer[steps.length] = step;
    }
}
