// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {AccessControlDefaultAdminRules} from "@openzeppelin/contracts/access/extensions/AccessControlDefaultAdminRules.sol";
import {SafeERC20} from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";
import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";
import {Pausable} from "@openzeppelin/contracts/utils/Pausable.sol";
import {NTK} from "./NTK.sol";
import {Step, SumTree} from "./SumTree.sol";

/// @dev One withdrawal. `id` has exactly one outcome, ever: paid, queued (then paid or cancelled), or refused.
struct Payment {
    bytes32 id;
    address to;
    uint256 amount;
}

/// @dev What holds from deployment on, for good. Amounts in base units, times in seconds.
struct Terms {
    uint256 dailyCap; // What settle and release together pay in one UTC day at most.
    uint256 exitDailyCap; // What exits together pay in one UTC day at most.
    uint256 threshold; // A payment above it waits in the queue.
    uint64 window; // How long a queued payment or a root can be objected to.
    uint64 silence; // So long without a root, and anybody may open the exits.
}

/// @title The tokens behind the balances on the platform's ledger
/// @notice Tokens come in by deposit. They leave by settle (small payments) and release (large ones, after a window), or,
/// when the platform has fallen silent, by exit against the last published root. Every way out has a daily cap, so a stolen
/// key is worth at most a day's cap for each day that it goes unnoticed.
contract NtkVault is AccessControlDefaultAdminRules, Pausable {
    using SafeERC20 for NTK;

    bytes32 public constant SETTLER_ROLE = keccak256("SETTLER_ROLE");
    bytes32 public constant GUARDIAN_ROLE = keccak256("GUARDIAN_ROLE");
    uint256 public constant MAX_PAYMENTS = 500;

    struct Queued {
        address to;
        uint64 releaseAt;
        uint256 amount;
    }

    struct Root {
        bytes32 hash;
        uint256 sum;
        uint64 epoch;
        uint64 publishedAt;
    }

    NTK public immutable token;
    uint256 public immutable dailyCap;
    uint256 public immutable exitDailyCap;
    uint256 public immutable threshold;
    uint64 public immutable window;
    uint64 public immutable silence;

    /// @notice What left in a UTC day (Unix time / 86,400): by settle, release and recover; and by exit.
    mapping(uint256 day => uint256) public paidOn;
    mapping(uint256 day => uint256) public exitedOn;

    /// @notice keccak256(abi.encode(payments)) of a settled batch; zero before.
    mapping(bytes32 batch => bytes32) public contentOf;
    mapping(bytes32 id => Queued) public queued;
    // One bit an id: 256 ids that differ in their last byte alone share a slot, so consecutive ids cost no 22,100 gas each.
    mapping(uint256 word => uint256) private _used;

    uint256 public rootCount;
    mapping(uint256 index => Root) public roots;
    mapping(uint64 epoch => uint256) private _indexOf;

    bool public silent;
    /// @notice In exit mode: what exits pay in all, what they have paid, and what each leaf, (owner, salt), has had of it.
    uint256 public exitPool;
    uint256 public exited;
    mapping(bytes32 leaf => uint256) public exitedBy;

    event Deposited(address indexed from, bytes32 indexed account, uint256 amount);
    event Settled(bytes32 indexed batch, bytes32 content, uint256 paid);
    event Paid(bytes32 indexed batch, bytes32 indexed id, address to, uint256 amount);
    event PaymentRefused(bytes32 indexed batch, bytes32 indexed id, address to, uint256 amount);
    event PaymentRepeated(bytes32 indexed batch, bytes32 indexed id);
    event PaymentQueued(bytes32 indexed batch, bytes32 indexed id, address to, uint256 amount, uint256 releaseAt);
    event PaymentReleased(bytes32 indexed id, address to, uint256 amount);
    event PaymentCancelled(bytes32 indexed id, address to, uint256 amount);
    event RootPublished(uint64 indexed epoch, bytes32 root, uint256 sum);
    event RootRevoked(uint64 indexed epoch);
    event SilenceDeclared(uint64 indexed epoch, bytes32 root, uint256 sum, uint256 pool);
    event Exited(address indexed owner, bytes32 indexed salt, uint256 amount);
    event Recovered(address indexed to, uint256 amount);

    error BadTerms();
    error NothingDeposited();
    error BatchSize(uint256 payments);
    error BatchContentDiffers(bytes32 batch, bytes32 settled, bytes32 given);
    error DailyCapReached(uint256 wanted, uint256 left);
    error NotQueued(bytes32 id);
    error NotYetReleasable(bytes32 id, uint256 releaseAt);
    error WindowOver(uint256 end);
    error EpochNotAfter(uint64 last, uint64 given);
    error UnknownRoot(uint64 epoch);
    error NoRoot();
    error NotSilent(uint256 until);
    error InExitMode();
    error NotInExitMode();
    error WrongProof(bytes32 root, uint256 sum);
    error NothingToExit();
    error MoreThanSurplus(uint256 wanted, uint256 surplus);

    modifier whileOpen() {
        require(!silent, InExitMode());
        _;
    }

    modifier inExitMode() {
        require(silent, NotInExitMode());
        _;
    }

    /// @param adminDelay Seconds before a new admin can take over.
    constructor(NTK token_, address admin, uint48 adminDelay, address settler, address guardian, Terms memory terms)
        AccessControlDefaultAdminRules(adminDelay, admin)
    {
        // A silence shorter than the window would let a root be exited against while it can still be objected to.
        require(
            address(token_).code.length > 0 && terms.exitDailyCap > 0 && terms.threshold <= terms.dailyCap && terms.dailyCap > 0
                && terms.window > 0 && terms.window <= terms.silence,
            BadTerms()
        );
        token = token_;
        dailyCap = terms.dailyCap;
        exitDailyCap = terms.exitDailyCap;
        threshold = terms.threshold;
        window = terms.window;
        silence = terms.silence;
        _grantRole(SETTLER_ROLE, settler);
        _grantRole(GUARDIAN_ROLE, guardian);
    }

    // In

    /// @param account The platform's account id that is credited when the deposit is final.
    function deposit(uint256 amount, bytes32 account) public whileOpen {
        require(amount > 0, NothingDeposited());
        token.safeTransferFrom(msg.sender, address(this), amount);
        emit Deposited(msg.sender, account, amount);
    }

    function depositWithPermit(uint256 amount, bytes32 account, uint256 deadline, uint8 v, bytes32 r, bytes32 s) external {
        // Anybody may have sent the permit before us. Then it fails here, and the allowance it gave is there all the same.
        try token.permit(msg.sender, address(this), amount, deadline, v, r, s) {} catch {}
        deposit(amount, account);
    }

    // Out: payments

    /// @notice Pays a batch. The same batch again does nothing; with other content it reverts. A payment that cannot be made is
    /// refused alone: to nobody, to the token, to the vault, of nothing, or of more than a day's cap.
    function settle(bytes32 batch, Payment[] calldata payments) external onlyRole(SETTLER_ROLE) whileOpen whenNotPaused {
        require(payments.length > 0 && payments.length <= MAX_PAYMENTS, BatchSize(payments.length));
        bytes32 content = keccak256(abi.encode(payments));
        bytes32 before = contentOf[batch];
        if (before == content) return;
        require(before == 0, BatchContentDiffers(batch, before, content));
        contentOf[batch] = content;

        uint256 paid = 0;
        for (uint256 i = 0; i < payments.length; i++) {
            paid += _settle(batch, payments[i]);
        }
        _spend(paid);
        emit Settled(batch, content, paid);
    }

    function settled(bytes32 batch) external view returns (bool) {
        return contentOf[batch] != 0;
    }

    /// @notice Whether a payment with this id has had its outcome, or waits for it in the queue.
    function used(bytes32 id) public view returns (bool) {
        return _used[uint256(id) >> 8] & (1 << (uint256(id) & 0xff)) != 0;
    }

    /// @notice What settle and release may still pay today, and what exits may.
    function leftToday() public view returns (uint256 payments, uint256 exits) {
        uint256 day = block.timestamp / 1 days;
        return (dailyCap - paidOn[day], exitDailyCap - exitedOn[day]);
    }

    /// @notice Pays a queued payment after its window; anybody may ask for it.
    function release(bytes32 id) external whileOpen whenNotPaused {
        Queued memory payment = queued[id];
        require(payment.releaseAt != 0, NotQueued(id));
        require(block.timestamp >= payment.releaseAt, NotYetReleasable(id, payment.releaseAt));
        delete queued[id];
        _spend(payment.amount);
        token.safeTransfer(payment.to, payment.amount);
        emit PaymentReleased(id, payment.to, payment.amount);
    }

    /// @notice Takes a queued payment back within its window. Its id stays used: the money is the ledger's again.
    function cancel(bytes32 id) external onlyRole(GUARDIAN_ROLE) {
        Queued memory payment = queued[id];
        require(payment.releaseAt != 0, NotQueued(id));
        require(block.timestamp < payment.releaseAt, WindowOver(payment.releaseAt));
        delete queued[id];
        emit PaymentCancelled(id, payment.to, payment.amount);
    }

    // What is owed

    /// @param epoch Higher than that of every root that stands. A revoked one may be published again, so that a stolen key
    /// cannot use all epochs up.
    /// @param sum All that the ledger owes, what is on hold or waits in the queue included.
    function publishRoot(uint64 epoch, bytes32 root, uint256 sum) external onlyRole(SETTLER_ROLE) whileOpen {
        uint64 last = rootCount == 0 ? 0 : roots[rootCount - 1].epoch;
        require(epoch > last, EpochNotAfter(last, epoch));
        _indexOf[epoch] = rootCount;
        roots[rootCount++] = Root(root, sum, epoch, uint64(block.timestamp));
        emit RootPublished(epoch, root, sum);
    }

    /// @notice Takes a root back within its window, and every newer one with it: they came from the same hand.
    function revokeRoot(uint64 epoch) external onlyRole(GUARDIAN_ROLE) whileOpen {
        uint256 index = _indexOf[epoch];
        Root memory root = roots[index];
        require(index < rootCount && root.epoch == epoch, UnknownRoot(epoch));
        uint256 end = uint256(root.publishedAt) + window;
        require(block.timestamp < end, WindowOver(end));
        rootCount = index;
        emit RootRevoked(epoch);
    }

    // Out: exit

    /// @notice Opens the exits, for good, when no root has been published for the time of silence; anybody may call it.
    /// The newest root is then older than the window, because the silence is.
    function declareSilent() external whileOpen {
        require(rootCount > 0, NoRoot());
        Root memory root = roots[rootCount - 1];
        uint256 end = uint256(root.publishedAt) + silence;
        require(block.timestamp > end, NotSilent(end));
        silent = true;
        exitPool = Math.min(root.sum, token.balanceOf(address(this)));
        emit SilenceDeclared(root.epoch, root.hash, root.sum, exitPool);
    }

    /// @notice Pays an owner what the last root says, or their share of what is there if that is less; as much as today's cap
    /// leaves, the rest on later days by the same call. Anybody may call it; the tokens go to the owner.
    function exit(address owner, uint256 amount, bytes32 salt, Step[] calldata path) external inExitMode returns (uint256 paid) {
        Root memory root = roots[rootCount - 1];
        (bytes32 hash, uint256 sum) = SumTree.climb(SumTree.leaf(owner, amount, salt), amount, path);
        require(hash == root.hash && sum == root.sum, WrongProof(hash, sum));

        bytes32 key = keccak256(abi.encode(owner, salt));
        uint256 share = sum == 0 ? 0 : Math.mulDiv(amount, exitPool, sum);
        uint256 had = exitedBy[key];
        require(share > had, NothingToExit());
        (, uint256 left) = leftToday();
        require(left > 0, DailyCapReached(share - had, 0));

        paid = Math.min(share - had, left);
        exitedBy[key] = had + paid;
        exited += paid;
        exitedOn[block.timestamp / 1 days] += paid;
        token.safeTransfer(owner, paid);
        emit Exited(owner, salt, paid);
    }

    /// @notice In exit mode, what is here beyond what exits will pay: deposits that the last root did not count yet.
    function surplus() public view inExitMode returns (uint256) {
        return token.balanceOf(address(this)) - (exitPool - exited);
    }

    /// @notice The admin gives the surplus back, under the daily cap that payments no longer use.
    function recover(address to, uint256 amount) external onlyRole(DEFAULT_ADMIN_ROLE) {
        uint256 available = surplus();
        require(amount <= available, MoreThanSurplus(amount, available));
        _spend(amount);
        token.safeTransfer(to, amount);
        emit Recovered(to, amount);
    }

    // Pause

    function pause() external onlyRole(GUARDIAN_ROLE) {
        _pause();
    }

    function unpause() external onlyRole(DEFAULT_ADMIN_ROLE) {
        _unpause();
    }

    // Inside

    /// @return What was paid at once.
    function _settle(bytes32 batch, Payment calldata payment) private returns (uint256) {
        (bytes32 id, address to, uint256 amount) = (payment.id, payment.to, payment.amount);
        uint256 word = uint256(id) >> 8;
        uint256 bit = 1 << (uint256(id) & 0xff);
        uint256 bits = _used[word];
        if (bits & bit != 0) {
            emit PaymentRepeated(batch, id);
            return 0;
        }
        _used[word] = bits | bit;

        if (to == address(0) || to == address(token) || to == address(this) || amount == 0 || amount > dailyCap) {
            emit PaymentRefused(batch, id, to, amount);
            return 0;
        }
        if (amount > threshold) {
            uint64 releaseAt = uint64(block.timestamp) + window;
            queued[id] = Queued(to, releaseAt, amount);
            emit PaymentQueued(batch, id, to, amount, releaseAt);
            return 0;
        }
        token.safeTransfer(to, amount);
        emit Paid(batch, id, to, amount);
        return amount;
    }

    /// @dev The one budget of every payment that is not an exit.
    function _spend(uint256 amount) private {
        uint256 day = block.timestamp / 1 days;
        uint256 left = dailyCap - paidOn[day];
        require(amount <= left, DailyCapReached(amount, left));
        paidOn[day] += amount;
    }
}
