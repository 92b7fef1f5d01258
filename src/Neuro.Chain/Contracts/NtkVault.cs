using System.Numerics;
using Neuro.Chain.Coding;
using Neuro.Chain.Liabilities;
using Neuro.Chain.Rpc;
using Neuro.Chain.Signing;
using Neuro.Chain.Values;

namespace Neuro.Chain.Contracts;

/// <summary>One withdrawal of a batch; its id is paid once, in whatever batch.</summary>
public sealed record Payment(Hash32 Id, Address To, BigInteger Amount);

/// <summary>The contract <c>NtkVault</c>: the tokens behind the balances on the ledger. Amounts are base units.</summary>
public sealed class NtkVault(IEthereum chain, Address address)
{
    /// <summary>Payments of one batch.</summary>
    public const int LargestBatch = 500;

    public static Artifact Artifact => Lazily.Value;

    private static readonly Lazy<Artifact> Lazily = new(() => Artifact.Load("NtkVault"));

    public Address Address => address;

    /// <param name="account">Whose balance on the platform grows.</param>
    public static byte[] Deposit(BigInteger amount, Hash32 account) => Encode("deposit", amount, account);

    public static byte[] DepositWithPermit(Permit permit, Signature signature, Hash32 account) =>
        Encode("depositWithPermit", permit.Amount, account, permit.Deadline, new BigInteger(signature.V), signature.R, signature.S);

    /// <summary>Pays a batch; the same batch again does nothing.</summary>
    public static byte[] Settle(Hash32 batch, IReadOnlyList<Payment> payments) => Encode("settle", batch, Tuples(payments));

    /// <summary>keccak256(abi.encode(payments)): what <see cref="VaultEvent.Settled"/> says of a batch's content.</summary>
    public static Hash32 ContentOf(IReadOnlyList<Payment> payments) =>
        Keccak.Of(Abi.Encode([Artifact.Abi.Function("settle").Inputs[1].Type], [Tuples(payments)]));

    /// <summary>Pays a queued payment whose window is over; anybody may.</summary>
    public static byte[] Release(Hash32 id) => Encode("release", id);

    public static byte[] Cancel(Hash32 id) => Encode("cancel", id);

    public static byte[] PublishRoot(long epoch, Hash32 root, BigInteger sum) => Encode("publishRoot", new BigInteger(epoch), root, sum);

    public static byte[] DeclareSilent() => Encode("declareSilent");

    public static byte[] Exit(Liability liability, IReadOnlyList<SumTreeStep> path) =>
        Encode("exit", liability.Owner, liability.Amount, liability.Salt, path.Select(step => (object)new object[] { step.Hash, step.Sum, step.IsLeft }).ToArray());

    public async Task<bool> IsSettledAsync(Hash32 batch, BlockRef at = default, CancellationToken cancel = default) =>
        (bool)(await CallAsync("settled", at, cancel, batch))[0];

    /// <summary>Whether a payment's id has had its outcome, or waits in the queue.</summary>
    public async Task<bool> IsUsedAsync(Hash32 payment, BlockRef at = default, CancellationToken cancel = default) =>
        (bool)(await CallAsync("used", at, cancel, payment))[0];

    /// <summary>What settlements and releases, and what exits, can still pay today (UTC).</summary>
    public async Task<(BigInteger Payments, BigInteger Exits)> LeftTodayAsync(BlockRef at = default, CancellationToken cancel = default) =>
        await CallAsync("leftToday", at, cancel) is var left ? ((BigInteger)left[0], (BigInteger)left[1]) : default;

    /// <summary>The contract NTK whose tokens it keeps.</summary>
    public async Task<Address> TokenAsync(BlockRef at = default, CancellationToken cancel = default) => (Address)(await CallAsync("token", at, cancel))[0];

    /// <summary>What settlements and releases together pay in a day (UTC).</summary>
    public async Task<BigInteger> DailyCapAsync(BlockRef at = default, CancellationToken cancel = default) => (BigInteger)(await CallAsync("dailyCap", at, cancel))[0];

    /// <summary>Whether a payment waits for its release.</summary>
    public async Task<bool> IsQueuedAsync(Hash32 payment, BlockRef at = default, CancellationToken cancel = default) => !((BigInteger)(await CallAsync("queued", at, cancel, payment))[1]).IsZero;

    /// <summary>Payments above it wait in the queue.</summary>
    public async Task<BigInteger> ThresholdAsync(BlockRef at = default, CancellationToken cancel = default) => (BigInteger)(await CallAsync("threshold", at, cancel))[0];

    public async Task<bool> IsSilentAsync(BlockRef at = default, CancellationToken cancel = default) => (bool)(await CallAsync("silent", at, cancel))[0];

    /// <summary>The newest root; null before the first.</summary>
    public async Task<(long Epoch, Hash32 Root, BigInteger Sum, DateTimeOffset PublishedAt)?> NewestRootAsync(BlockRef at = default, CancellationToken cancel = default)
    {
        var count = (BigInteger)(await CallAsync("rootCount", at, cancel))[0];
        if (count.IsZero)
        {
            return null;
        }

        var root = await CallAsync("roots", at, cancel, count - 1);
        return ((long)(BigInteger)root[2], (Hash32)root[0], (BigInteger)root[1], DateTimeOffset.FromUnixTimeSeconds((long)(BigInteger)root[3]));
    }

    /// <summary>Reads an event; null if the vault's event is none that the platform follows.</summary>
    /// <exception cref="FormatException">Another contract's log, or malformed.</exception>
    public VaultEvent? ReadEvent(Log log) => log.Address == address
        ? VaultEvent.Read(log)
        : throw new FormatException($"The log is of {log.Address}, not of the vault at {address}.");

    private static object[] Tuples(IReadOnlyList<Payment> payments) => [.. payments.Select(payment => (object)new object[] { payment.Id, payment.To, payment.Amount })];

    private static byte[] Encode(string function, params object[] arguments) => Artifact.Abi.Function(function).Encode(arguments);

    private Task<object[]> CallAsync(string function, BlockRef at, CancellationToken cancel, params object[] arguments) =>
        chain.CallAsync(address, Artifact.Abi, function, at, cancel, arguments);
}
