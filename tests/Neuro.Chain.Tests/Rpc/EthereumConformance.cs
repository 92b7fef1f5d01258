using System.Numerics;
using Neuro.Chain.Anvil;
using Neuro.Chain.Coding;
using Neuro.Chain.Contracts;
using Neuro.Chain.Rpc;
using Neuro.Chain.Signing;
using Neuro.Chain.Tests.Anvil;
using Neuro.Chain.Values;
using Neuro.Client.Api;

namespace Neuro.Chain.Tests.Rpc;

/// <summary>What every <see cref="IEthereum"/> does, shown on anvil; one class of tests for each derives from this.</summary>
public abstract class EthereumConformance
{
    private static readonly LocalSigner Signer = AnvilNode.Signers[0];
    private static readonly Address Stranger = Address.Parse("0x00000000000000000000000000000000000000aa");

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    protected abstract IEthereum Connect(Uri url);

    [Fact]
    public async Task ChainId_IsThatOfTheNode()
    {
        await using var anvil = await AnvilForTests.StartAsync();
        (await Connect(anvil.Url).ChainIdAsync(Cancel)).ShouldBe(31337);
    }

    [Fact]
    public async Task Block_ByTagNumberAndHash_IsTheSame()
    {
        await using var anvil = await AnvilForTests.StartAsync();
        var chain = Connect(anvil.Url);
        await anvil.MineAsync(3);
        var latest = (await chain.BlockAsync(BlockRef.Latest, Cancel))!;
        latest.Number.ShouldBe(3);
        (await chain.BlockAsync(BlockRef.Of(3), Cancel)).ShouldBe(latest);
        (await chain.BlockAsync(BlockRef.Of(latest.Hash), Cancel)).ShouldBe(latest);
        (await chain.BlockAsync(BlockRef.Of(2), Cancel))!.Hash.ShouldBe(latest.ParentHash);
        (await chain.BlockAsync(BlockRef.Of(4), Cancel)).ShouldBeNull();
        (await chain.BlockAsync(BlockRef.Of(Keccak.Of("none")), Cancel)).ShouldBeNull();
        latest.BaseFee.Sign.ShouldBe(1);
    }

    [Fact]
    public async Task Blocks_OfManyAtOnce_AreInOrder()
    {
        await using var anvil = await AnvilForTests.StartAsync();
        await anvil.MineAsync(250);
        var numbers = Enumerable.Range(0, 252).Select(number => (long)number).Reverse().ToArray();
        var blocks = await Connect(anvil.Url).BlocksAsync([.. numbers.Select(BlockRef.Of)], Cancel);
        blocks.Select(block => block?.Number).ShouldBe(numbers.Select(number => number <= 250 ? (long?)number : null));
    }

    [Fact]
    public async Task SendRaw_OfATransfer_IsPendingThenMinedAndAgainNoError()
    {
        await using var anvil = await AnvilForTests.StartAsync();
        var chain = Connect(anvil.Url);
        await anvil.SetAutomineAsync(false);
        var signed = await SignAsync(chain, 0, Stranger, value: 5);
        (await chain.SendRawAsync(signed.Raw, Cancel)).ShouldBe(signed.Hash);
        (await chain.SendRawAsync(signed.Raw, Cancel)).ShouldBe(signed.Hash);
        (await chain.ReceiptAsync(signed.Hash, Cancel)).ShouldBeNull();
        var waiting = (await chain.TransactionAsync(signed.Hash, Cancel))!;
        (waiting.From, waiting.To, waiting.Value, waiting.BlockHash).ShouldBe((Signer.Address, Stranger, new BigInteger(5), null));
        (await chain.NonceAsync(Signer.Address, BlockRef.Pending, Cancel)).ShouldBe(1);
        (await chain.NonceAsync(Signer.Address, BlockRef.Latest, Cancel)).ShouldBe(0);

        await anvil.MineAsync();
        var receipt = (await chain.ReceiptAsync(signed.Hash, Cancel))!;
        (receipt.Succeeded, receipt.BlockNumber, receipt.GasUsed).ShouldBe((true, 1L, 21_000L));
        receipt.BlockHash.ShouldBe((await chain.BlockAsync(BlockRef.Latest, Cancel))!.Hash);
        (await chain.TransactionAsync(signed.Hash, Cancel))!.BlockHash.ShouldBe(receipt.BlockHash);
        (await chain.BalanceAsync(Stranger, BlockRef.Latest, Cancel)).ShouldBe(5);
        (await chain.SendRawAsync(signed.Raw, Cancel)).ShouldBe(signed.Hash); // In a block, its nonce used up: still no error.
    }

    [Fact]
    public async Task SendRaw_OfASecondTransactionWithAUsedNonce_IsRefused()
    {
        await using var anvil = await AnvilForTests.StartAsync();
        var chain = Connect(anvil.Url);
        await chain.SendRawAsync((await SignAsync(chain, 0, Stranger, value: 5)).Raw, Cancel);
        var other = await SignAsync(chain, 0, Stranger, value: 6);
        (await Should.ThrowAsync<NeuroException>(() => chain.SendRawAsync(other.Raw, Cancel))).Code.ShouldBe("chain.refused");
    }

    [Fact]
    public async Task Receipts_OfManyAtOnce_AreInOrder()
    {
        await using var anvil = await AnvilForTests.StartAsync();
        var chain = Connect(anvil.Url);
        var (account, hashes) = (new ChainAccount(chain, Signer), new List<Hash32> { Keccak.Of("none") });
        for (var sent = 0; sent < 3; sent++)
        {
            hashes.Insert(0, (await account.SendAsync(Stranger, default, 1, cancel: Cancel)).TransactionHash);
        }

        (await chain.ReceiptsAsync(hashes, Cancel)).Select(receipt => receipt?.BlockNumber).ShouldBe([3L, 2L, 1L, null]);
    }

    [Fact]
    public async Task Call_ReturnsOrRevertsWithTheReason()
    {
        await using var anvil = await AnvilForTests.StartAsync();
        var chain = Connect(anvil.Url);
        var source = await DeployAsync(chain);
        (await chain.CallAsync(new(source, LogSource.Write(2)), BlockRef.Latest, Cancel)).ShouldBe(Hash32.Of(1).ToBytes());

        var errors = ContractAbi.Parse("""[{"type": "error", "name": "TooFew", "inputs": [{"name": "left", "type": "uint256"}]}]""").Errors;
        var call = new EthCall(source, LogSource.Revert(errors[0].Encode(new BigInteger(2))), Errors: errors);
        (await Should.ThrowAsync<NeuroException>(() => chain.CallAsync(call, BlockRef.Latest, Cancel))).Message.ShouldBe("The contract refused: TooFew(left: 2).");
        (await Should.ThrowAsync<NeuroException>(() => chain.EstimateGasAsync(call, Cancel))).Message.ShouldBe("The contract refused: TooFew(left: 2).");
        var silent = await Should.ThrowAsync<NeuroException>(() => chain.CallAsync(call with { Data = LogSource.Revert([]) }, BlockRef.Latest, Cancel));
        silent.Code.ShouldBe("chain.reverted");
    }

    [Fact]
    public async Task EstimateGas_OfATransfer_Is21000()
    {
        await using var anvil = await AnvilForTests.StartAsync();
        (await Connect(anvil.Url).EstimateGasAsync(new(Stranger, default, Signer.Address, 1), Cancel)).ShouldBe(21_000);
    }

    [Fact]
    public async Task Fees_AreEnoughForTheNextBlock()
    {
        await using var anvil = await AnvilForTests.StartAsync();
        var chain = Connect(anvil.Url);
        var fees = await chain.FeesAsync(Cancel);
        await anvil.MineAsync();
        fees.Max.ShouldBeGreaterThanOrEqualTo((await chain.BlockAsync(BlockRef.Latest, Cancel))!.BaseFee);
    }

    [Fact]
    public async Task Logs_ByRangeTopicAndBlockHash_AreThoseAskedFor()
    {
        await using var anvil = await AnvilForTests.StartAsync();
        var chain = Connect(anvil.Url);
        var (source, lookAlike) = (await DeployAsync(chain), await DeployAsync(chain));
        var account = new ChainAccount(chain, Signer);
        await account.SendAsync(source, LogSource.Write(3), cancel: Cancel);
        await account.SendAsync(lookAlike, LogSource.Write(2), cancel: Cancel);
        var last = await account.SendAsync(source, LogSource.Write(2), cancel: Cancel);

        var all = await chain.LogsAsync(new([source], [[LogSource.Topic]], BlockRef.Earliest, BlockRef.Latest), Cancel);
        all.Select(log => (log.BlockNumber, log.LogIndex)).ShouldBe([(3L, 0L), (3L, 1L), (3L, 2L), (5L, 0L), (5L, 1L)]);
        all.ShouldAllBe(log => log.Address == source && log.Topics[1] == AbiEvent.TopicOf(Signer.Address));
        (await chain.LogsAsync(new([source, lookAlike], [[LogSource.Topic]], BlockRef.Of(4), BlockRef.Of(5)), Cancel)).Count.ShouldBe(4);
        (await chain.LogsAsync(new([source], [[LogSource.Topic], [], [Hash32.Of(3)]], BlockRef.Earliest, BlockRef.Latest), Cancel)).Count.ShouldBe(1);
        (await chain.LogsAsync(new([source], [[Keccak.Of("none")]], BlockRef.Earliest, BlockRef.Latest), Cancel)).ShouldBeEmpty();
        var ofBlock = await chain.LogsAsync(new([source], [], last.BlockHash), Cancel);
        ofBlock.Select(log => log.TransactionHash).ShouldBe([last.TransactionHash, last.TransactionHash]);
        last.Logs.Select(log => (log.LogIndex, log.BlockHash)).ShouldBe(ofBlock.Select(log => (log.LogIndex, log.BlockHash)));
    }

    [Fact]
    public async Task Logs_OfABlockThatAReorganisationTookBack_AreGone()
    {
        await using var anvil = await AnvilForTests.StartAsync();
        var chain = Connect(anvil.Url);
        var source = await DeployAsync(chain);
        var before = await anvil.SnapshotAsync();
        var receipt = await new ChainAccount(chain, Signer).SendAsync(source, LogSource.Write(1), cancel: Cancel);
        (await chain.LogsAsync(new([source], [], BlockRef.Of(2), BlockRef.Of(2)), Cancel)).Count.ShouldBe(1);

        await anvil.RevertAsync(before);
        await anvil.SetBalanceAsync(Stranger, 1);
        await anvil.MineAsync();
        (await chain.BlockAsync(BlockRef.Of(receipt.BlockNumber), Cancel))!.Hash.ShouldNotBe(receipt.BlockHash);
        (await chain.BlockAsync(BlockRef.Of(receipt.BlockHash), Cancel)).ShouldBeNull();
        (await chain.ReceiptAsync(receipt.TransactionHash, Cancel)).ShouldBeNull();
        (await chain.LogsAsync(new([source], [], BlockRef.Of(2), BlockRef.Of(2)), Cancel)).ShouldBeEmpty();
    }

    [Fact]
    public async Task AnyQuestion_OfANodeThatHasGone_IsUnreachable()
    {
        var anvil = await AnvilForTests.StartAsync();
        var chain = Connect(anvil.Url);
        await chain.ChainIdAsync(Cancel);
        await anvil.DisposeAsync();
        (await Should.ThrowAsync<NeuroException>(() => chain.BlockAsync(BlockRef.Latest, Cancel))).Code.ShouldBe("chain.unreachable");
    }

    private static async Task<Address> DeployAsync(IEthereum chain) =>
        (await new ChainAccount(chain, Signer).SendAsync(null, LogSource.Deploying, cancel: Cancel)).Created!.Value;

    private static async Task<SignedTransaction> SignAsync(IEthereum chain, long nonce, Address to, BigInteger value)
    {
        var fees = await chain.FeesAsync(Cancel);
        return await Signer.SignAsync(new() { ChainId = 31337, Nonce = nonce, PriorityFee = fees.Priority, MaxFee = fees.Max, Gas = 21_000, To = to, Value = value },
            Cancel);
    }
}
