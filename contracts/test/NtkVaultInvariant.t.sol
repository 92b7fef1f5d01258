// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {NTK} from "../src/NTK.sol";
import {NtkVault, Payment} from "../src/NtkVault.sol";
import {Base} from "./Base.sol";
import {Leaf, Tree} from "./Tree.sol";
import {FuzzSelector, vm} from "./Vm.sol";

/// @dev Measures by balances what leaves the vault a day: by payments of any kind, and by exits.
abstract contract Watcher {
    NtkVault internal immutable vault;
    NTK internal immutable token;
    mapping(uint256 day => uint256) public paymentsOn;
    mapping(uint256 day => uint256) public exitsOn;
    uint256 public deposited;
    uint256 public left;

    modifier payment() {
        uint256 before = token.balanceOf(address(vault));
        _;
        uint256 gone = before - token.balanceOf(address(vault));
        paymentsOn[today()] += gone;
        left += gone;
    }

    modifier leaving() {
        uint256 before = token.balanceOf(address(vault));
        _;
        uint256 gone = before - token.balanceOf(address(vault));
        exitsOn[today()] += gone;
        left += gone;
    }

    constructor(NtkVault vault_, uint256 held) {
        vault = vault_;
        token = vault_.token();
        deposited = held;
    }

    function today() public view returns (uint256) {
        return block.timestamp / 1 days;
    }

    function pass(uint256 time) external {
        vm.warp(block.timestamp + time % 12 hours);
    }
}

/// @dev Has the settler's key, and wants everything: payments of any size to itself, false roots, silence, exits.
contract Thief is Watcher {
    using Tree for Leaf[];

    address private immutable settler;
    address private immutable admin;
    bytes32[] private ids;
    Leaf[] private loot;
    uint256 private batches;
    uint64 private epoch;

    constructor(NtkVault vault_, uint256 held, address settler_, address admin_) Watcher(vault_, held) {
        (settler, admin) = (settler_, admin_);
    }

    function settle(uint8 size, uint256 seed, bool greedy) external payment {
        Payment[] memory payments = new Payment[](size % 12 + 1);
        for (uint256 i = 0; i < payments.length; i++) {
            uint256 random = uint256(keccak256(abi.encode(seed, i)));
            uint256 most = greedy ? vault.dailyCap() + 1 : vault.threshold();
            payments[i] = Payment(bytes32(random % 1_000), address(uint160(0x666 + i)), random / 1_000 % (most + 1));
            ids.push(payments[i].id);
        }
        vm.prank(settler);
        try vault.settle(bytes32(++batches), payments) {} catch {}
    }

    function takeWhatIsLeft() external payment {
        (uint256 amount,) = vault.leftToday();
        Payment[] memory payments = new Payment[](amount / vault.threshold() + 1);
        for (uint256 i = 0; i < payments.length; i++) {
            bytes32 id = keccak256(abi.encode(++batches, i));
            uint256 part = amount < vault.threshold() ? amount : vault.threshold();
            payments[i] = Payment(id, address(0x666), part);
            amount -= part;
        }
        vm.prank(settler);
        try vault.settle(bytes32(++batches), payments) {} catch {}
    }

    function releaseAll() external payment {
        for (uint256 i = 0; i < ids.length; i++) {
            try vault.release(ids[i]) {} catch {}
        }
    }

    function publishFalseRoot(uint256 amount) external {
        Leaf[] memory leaves = new Leaf[](1);
        leaves[0] = Leaf(address(0x666), 1 + amount % 1e27, "loot");
        (bytes32 hash, uint256 sum) = leaves.root();
        vm.prank(settler);
        try vault.publishRoot(++epoch, hash, sum) {
            if (loot.length == 0) loot.push(leaves[0]);
            else loot[0] = leaves[0];
        } catch {}
    }

    /// @dev Seldom, because payments end with it.
    function fallSilent(uint8 dice) external {
        if (dice % 8 != 0 || loot.length == 0) return;
        vm.warp(block.timestamp + vault.silence() + 1);
        try vault.declareSilent() {} catch {}
    }

    function exit() external leaving {
        if (loot.length == 0) return;
        Leaf[] memory leaves = loot;
        try vault.exit(leaves[0].owner, leaves[0].amount, leaves[0].salt, leaves.path(0)) {} catch {}
    }

    /// @dev Even with the admin's key too.
    function recover(uint256 amount) external payment {
        if (!vault.silent()) return;
        vm.prank(admin);
        try vault.recover(address(0x666), amount % (vault.dailyCap() + 1)) {} catch {}
    }
}

contract NtkVaultThiefInvariant is Base {
    Thief private thief;

    function setUp() public override {
        super.setUp();
        deposit(30_000_000e18);
        thief = new Thief(vault, 30_000_000e18, SETTLER, ADMIN);
    }

    function targetContracts() public view returns (address[] memory targets) {
        targets = new address[](1);
        targets[0] = address(thief);
    }

    function invariant_StolenKeys_TakeAtMostTheCapsADay() public view {
        uint256 day = thief.today();
        vm.assertLe(thief.paymentsOn(day), vault.dailyCap(), "payments");
        vm.assertLe(thief.exitsOn(day), vault.exitDailyCap(), "exits");
        vm.assertEq(thief.paymentsOn(day), vault.paidOn(day), "what the vault counts of payments");
        vm.assertEq(thief.exitsOn(day), vault.exitedOn(day), "what the vault counts of exits");
        vm.assertEq(token.balanceOf(address(vault)), thief.deposited() - thief.left(), "balance");
    }
}

/// @dev An honest platform with its users: deposits, withdrawals small and large, repeated batches, roots.
contract Platform is Watcher {
    using Tree for Leaf[];

    address private immutable settler;
    address private immutable guardian;
    address[5] public users;
    mapping(address user => uint256) public ledger;
    bytes32[] private waiting;
    mapping(bytes32 id => address) private ownerOf;
    mapping(bytes32 id => uint256) private amountOf;
    uint256 private nextId = 1;
    bytes32 private lastBatch;
    Payment[] private lastPayments;
    uint64 private epoch;

    constructor(NtkVault vault_, address settler_, address guardian_) Watcher(vault_, 0) {
        (settler, guardian) = (settler_, guardian_);
        for (uint160 i = 0; i < 5; i++) {
            users[i] = address(0x501 + i);
        }
    }

    function deposit(uint8 who, uint256 amount) external {
        address user = users[who % 5];
        amount = 1 + amount % 2_000_000e18;
        if (amount > token.balanceOf(user)) return;
        vm.startPrank(user);
        token.approve(address(vault), amount);
        vault.deposit(amount, bytes32(uint256(uint160(user))));
        vm.stopPrank();
        ledger[user] += amount;
        deposited += amount;
    }

    /// @dev One payment to each user who has something, as far as today's budget goes.
    function settle(uint256 seed) public payment {
        delete lastPayments;
        (uint256 budget,) = vault.leftToday();
        for (uint256 i = 0; i < 5; i++) {
            address user = users[i];
            if (ledger[user] == 0) continue;
            uint256 amount = 1 + uint256(keccak256(abi.encode(seed, i))) % ledger[user];
            if (amount > vault.dailyCap()) amount = vault.dailyCap();
            bool queues = amount > vault.threshold();
            if (!queues && amount > budget) continue;
            bytes32 id = bytes32(nextId++);
            lastPayments.push(Payment(id, user, amount));
            ledger[user] -= amount;
            (ownerOf[id], amountOf[id]) = (user, amount);
            if (queues) waiting.push(id);
            else budget -= amount;
        }
        if (lastPayments.length == 0) return;
        lastBatch = bytes32(nextId);
        vm.prank(settler);
        vault.settle(lastBatch, lastPayments);
    }

    /// @dev As after a crash: the same again.
    function settleAgain() external payment {
        if (lastPayments.length == 0) return;
        vm.prank(settler);
        vault.settle(lastBatch, lastPayments);
    }

    function release(uint256 which) public payment {
        if (waiting.length == 0) return;
        which %= waiting.length;
        bytes32 id = waiting[which];
        (, uint64 releaseAt,) = vault.queued(id);
        (uint256 budget,) = vault.leftToday();
        if (block.timestamp < releaseAt || amountOf[id] > budget) return;
        vault.release(id);
        forget(which);
    }

    function cancel(uint256 which) external {
        if (waiting.length == 0) return;
        which %= waiting.length;
        bytes32 id = waiting[which];
        (, uint64 releaseAt,) = vault.queued(id);
        if (block.timestamp >= releaseAt) return;
        vm.prank(guardian);
        vault.cancel(id);
        ledger[ownerOf[id]] += amountOf[id];
        forget(which);
    }

    /// @dev What users are owed, with what waits in the queue.
    function leaves() public view returns (Leaf[] memory owed) {
        owed = new Leaf[](5);
        for (uint256 i = 0; i < 5; i++) {
            owed[i] = Leaf(users[i], ledger[users[i]], bytes32(i));
        }
        for (uint256 i = 0; i < waiting.length; i++) {
            owed[uint160(ownerOf[waiting[i]]) - 0x501].amount += amountOf[waiting[i]];
        }
    }

    function publish() public {
        (bytes32 hash, uint256 sum) = leaves().root();
        vm.prank(settler);
        vault.publishRoot(++epoch, hash, sum);
    }

    /// @dev The platform goes on until everybody has everything.
    function windUp() external {
        for (uint256 day = 0; day < 400 && token.balanceOf(address(vault)) > 0; day++) {
            vm.warp(block.timestamp + 1 days);
            for (uint256 i = waiting.length; i > 0; i--) {
                this.release(i - 1);
            }
            this.settle(uint256(keccak256(abi.encode(day))));
        }
        vm.assertEq(token.balanceOf(address(vault)), 0, "stuck although the platform goes on");
    }

    /// @dev The platform ends after a last root, and everybody exits.
    function perish() external {
        publish();
        vm.warp(block.timestamp + vault.silence() + 1);
        vault.declareSilent();
        Leaf[] memory owed = leaves();
        for (uint256 day = 0; day < 400 && token.balanceOf(address(vault)) > 0; day++) {
            vm.warp(block.timestamp + 1 days);
            for (uint256 i = 0; i < 5; i++) {
                try vault.exit(owed[i].owner, owed[i].amount, owed[i].salt, owed.path(i)) {} catch {} // Some have nothing left, or today's cap is used up.
            }
        }
        vm.assertEq(token.balanceOf(address(vault)), 0, "stuck although the exits are open");
    }

    function forget(uint256 which) private {
        waiting[which] = waiting[waiting.length - 1];
        waiting.pop();
    }
}

contract NtkVaultPlatformInvariant is Base {
    Platform private platform;
    uint256 private constant EACH = 20_000_000e18;

    function setUp() public override {
        super.setUp();
        platform = new Platform(vault, SETTLER, GUARDIAN);
        for (uint256 i = 0; i < 5; i++) {
            fund(platform.users(i), EACH);
        }
    }

    function targetContracts() public view returns (address[] memory targets) {
        targets = new address[](1);
        targets[0] = address(platform);
    }

    /// @dev The two ends come after a run, not in it.
    function excludeSelectors() public view returns (FuzzSelector[] memory excluded) {
        excluded = new FuzzSelector[](1);
        excluded[0].addr = address(platform);
        excluded[0].selectors = new bytes4[](2);
        excluded[0].selectors[0] = Platform.windUp.selector;
        excluded[0].selectors[1] = Platform.perish.selector;
    }

    function invariant_Vault_Holds_WhatIsOwedAndPaysWithinTheCap() public view {
        (, uint256 owed) = Tree.root(platform.leaves());
        vm.assertEq(token.balanceOf(address(vault)), owed, "held against owed");
        vm.assertLe(platform.paymentsOn(platform.today()), vault.dailyCap(), "cap");
    }

    /// @dev Each id paid once means: a wallet has what it began with, less what is owed to it.
    function invariant_Wallet_Has_WhatWasNotDepositedAndWhatWasPaidOnce() public view {
        Leaf[] memory owed = platform.leaves();
        for (uint256 i = 0; i < 5; i++) {
            vm.assertEq(token.balanceOf(owed[i].owner), EACH - owed[i].amount, "wallet");
        }
    }

    function afterInvariant() public {
        if (uint256(keccak256(abi.encode(platform.deposited(), block.timestamp))) % 2 == 0) platform.windUp();
        else platform.perish();
        for (uint256 i = 0; i < 5; i++) {
            vm.assertEq(token.balanceOf(platform.users(i)), EACH, "everybody has everything again");
        }
    }
}
