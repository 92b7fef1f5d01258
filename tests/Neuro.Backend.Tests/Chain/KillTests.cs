using System.Diagnostics;
using Neuro.Backend.Storage;
using Neuro.Chain.Anvil;
using Neuro.Chain.Contracts;
using Neuro.Chain.Rpc;
using Neuro.Chain.Values;
using Neuro.Client.Api;
using Neuro.Client.Chain;
using Neuro.Client.Tokens;

namespace Neuro.Backend.Tests.Chain;

public sealed class KillTests(AnvilFixture anvil) : IClassFixture<AnvilFixture>
{
    private const int Kills = 2;
    private const int PerLife = 8;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Kill_WhileItSettles_EverybodyIsPaidOnce()
    {
        var node = anvil.Required();
        var chain = node.Connect(AnvilFixture.Http);
        var deployer = new ChainAccount(chain, AnvilNode.Signers[0]);
        var contracts = await Deployment.DeployAsync(deployer, new() { Settler = AnvilNode.Signers[1].Address }, Cancel);
        await deployer.SendAsync(contracts.Token, NtkToken.Transfer(contracts.Vault, BaseUnits.Of(Ntk.Of(10_000))), cancel: Cancel);
        await node.MineAsync(AnvilFixture.ToFinality);
        var folder = Directory.CreateTempSubdirectory("neuro-chain-").FullName;
        var asked = new List<WithdrawalRequest>();
        try
        {
            for (var life = 0; life <= Kills; life++)
            {
                using var child = CrashChild.Start(CrashChild.ChainVerb, folder, node.Url.ToString(), contracts.Vault.ToString(), contracts.Block.ToString());
                await using (var client = await ConnectAsync(child, folder))
                {
                    await client.BuyAsync(Ntk.Of(100), Cancel);
                    if (life < Kills)
                    {
                        // The last of them are asked for while it settles the first, and it is killed in the middle of that.
                        await AskAsync(client, asked, node);
                        child.Kill(); // SIGKILL: nothing is flushed, nothing is closed.
                    }
                    else
                    {
                        await PaidAsync(client, asked, node);
                        var proof = await client.Api.GetProofAsync(Cancel);
                        proof.Faults.ShouldBeEmpty();
                        var balance = await client.BalanceAsync(Cancel);
                        (balance.Available, balance.Held).ShouldBe((Ntk.Of((100 * (Kills + 1)) - asked.Count), Ntk.Zero));
                        child.Kill();
                    }
                }

                await child.WaitForExitAsync(Cancel);
            }

            foreach (var request in asked)
            {
                (await new NtkToken(chain, contracts.Token).BalanceAsync(Address.Parse(request.To), BlockRef.Latest, Cancel)).ShouldBe(BaseUnits.Of(Ntk.Of(1)));
            }
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static async Task<NeuroClient> ConnectAsync(Process child, string folder)
    {
        var url = await child.StandardOutput.ReadLineAsync(Cancel);
        var key = await File.ReadAllTextAsync(Path.Combine(folder, "first-user.key"), Cancel);
        return await NeuroClient.ConnectAsync(url.ShouldNotBeNull("the child did not start"), key.Trim(), Cancel);
    }

    private static async Task AskAsync(NeuroClient client, List<WithdrawalRequest> asked, AnvilNode node)
    {
        for (var i = 0; i < PerLife; i++)
        {
            var request = new WithdrawalRequest(Guid.NewGuid(), TestChain.NewAddress().ToString(), Ntk.Of(1));
            asked.Add(request);
            await client.Api.WithdrawAsync(request, Cancel);
            await node.MineAsync(2);
        }
    }

    private static async Task PaidAsync(NeuroClient client, List<WithdrawalRequest> asked, AnvilNode node)
    {
        for (var began = Stopwatch.GetTimestamp(); ; )
        {
            await node.MineAsync(2);
            var list = await client.Api.GetWithdrawalsAsync(cancel: Cancel);
            if (list.Count == asked.Count && list.All(row => row.Status == "paid"))
            {
                return;
            }

            (Stopwatch.GetElapsedTime(began) < TimeSpan.FromSeconds(60))
                .ShouldBeTrue($"{list.Count(row => row.Status != "paid")} of {asked.Count} are not paid: {list.FirstOrDefault(row => row.Status != "paid")}");
            await Task.Delay(20, Cancel);
        }
    }
}
