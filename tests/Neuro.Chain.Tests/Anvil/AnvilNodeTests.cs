using System.Diagnostics;
using Neuro.Chain.Anvil;
using Neuro.Chain.Rpc;
using Neuro.Chain.Tests.Rpc;
using Neuro.Client.Api;

namespace Neuro.Chain.Tests.Anvil;

public sealed class AnvilNodeTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Signers_HaveEtherFromTheStart()
    {
        await using var anvil = await AnvilForTests.StartAsync();
        var chain = anvil.Connect(LoopbackNode.Http);
        foreach (var signer in AnvilNode.Signers)
        {
            (await chain.BalanceAsync(signer.Address, BlockRef.Latest, Cancel)).ShouldBe(System.Numerics.BigInteger.Pow(10, 22));
        }
    }

    [Theory]
    [InlineData(0, 0, 0)]
    [InlineData(31, 0, 0)]
    [InlineData(40, 8, 0)]
    [InlineData(64, 32, 0)]
    [InlineData(100, 68, 36)]
    public async Task SafeAndFinalized_LieOneAndTwoEpochsBehind(int latest, int safe, int finalized)
    {
        await using var anvil = await AnvilForTests.StartAsync();
        if (latest > 0)
        {
            await anvil.MineAsync(latest);
        }

        var blocks = await anvil.Connect(LoopbackNode.Http).BlocksAsync([BlockRef.Latest, BlockRef.Safe, BlockRef.Finalized], Cancel);
        blocks.Select(block => block!.Number).ShouldBe([latest, safe, finalized]);
    }

    [Fact]
    public async Task SafeAndFinalized_WithSlotsInAnEpoch1_FollowAtOnce()
    {
        await using var anvil = await AnvilForTests.StartAsync("--slots-in-an-epoch", "1");
        await anvil.MineAsync(10);
        var blocks = await anvil.Connect(LoopbackNode.Http).BlocksAsync([BlockRef.Latest, BlockRef.Safe, BlockRef.Finalized], Cancel);
        blocks.Select(block => block!.Number).ShouldBe([10L, 9L, 8L]);
    }

    // A real chain never takes back what is final. anvil does, which tests must not take for a reorganisation: they revert less than that.
    [Fact]
    public async Task SafeAndFinalized_AfterARevert_GoBackToo()
    {
        await using var anvil = await AnvilForTests.StartAsync("--slots-in-an-epoch", "1");
        var chain = anvil.Connect(LoopbackNode.Http);
        await anvil.MineAsync(5);
        var snapshot = await anvil.SnapshotAsync();
        await anvil.MineAsync(5);
        await anvil.RevertAsync(snapshot);
        (await chain.BlockAsync(BlockRef.Finalized, Cancel))!.Number.ShouldBe(3);
    }

    [Fact]
    public async Task IncreaseTime_MovesTheNextBlock()
    {
        await using var anvil = await AnvilForTests.StartAsync();
        var chain = anvil.Connect(LoopbackNode.Http);
        var before = (await chain.BlockAsync(BlockRef.Latest, Cancel))!.Time;
        await anvil.IncreaseTimeAsync(TimeSpan.FromDays(30));
        await anvil.MineAsync();
        ((await chain.BlockAsync(BlockRef.Latest, Cancel))!.Time - before).ShouldBeGreaterThanOrEqualTo(TimeSpan.FromDays(30));
    }

    [Fact]
    public async Task Revert_ToASnapshotTwice_IsRefused()
    {
        await using var anvil = await AnvilForTests.StartAsync();
        var snapshot = await anvil.SnapshotAsync();
        await anvil.RevertAsync(snapshot);
        (await Should.ThrowAsync<NeuroException>(() => anvil.RevertAsync(snapshot))).Code.ShouldBe("anvil.no_snapshot");
    }

    [Fact]
    public async Task Start_WithAnArgumentThatItDoesNotKnow_SaysItsComplaint()
    {
        AnvilForTests.Require();
        var wrong = await Should.ThrowAsync<NeuroException>(async () => await AnvilForTests.StartAsync("--no-such-thing"));
        (wrong.Code, wrong.Message.Contains("--no-such-thing")).ShouldBe(("anvil.not_started", true));
    }

    // A pipe whose writer has gone is what the system leaves of an owner that was killed.
    [Fact]
    public async Task Leash_WhoseOwnerHasGone_EndsWhatItHolds()
    {
        Requires.True(!OperatingSystem.IsWindows(), "needs a POSIX shell: run it on Linux or macOS.");
        using var leash = Process.Start(new ProcessStartInfo("/bin/sh", ["-c", AnvilNode.Leash, "sh", "sleep", "600"]) { RedirectStandardInput = true, RedirectStandardError = true })!;
        leash.HasExited.ShouldBeFalse();
        leash.StandardInput.Close();
        await leash.WaitForExitAsync(Cancel).WaitAsync(TimeSpan.FromSeconds(30), Cancel);
        leash.ExitCode.ShouldBe(128 + 9);
    }
}
