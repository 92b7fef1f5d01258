using System.Text;
using Neuro.Chain.Anvil;

namespace Neuro.Cli.Tests.Chains;

public sealed class WalletCommandTests : CliFact
{
    // Everybody's: those of anvil's first two accounts, the deployer and the settler.
    private static readonly string[] DevelopmentKeys =
        ["ac0974bec39a17e36ba4a6b4d238ff944bacb478cbed5efcae784d7bf4f2ff80", "59c6995e998f97a5a0044966f0945389dc9e86dae88c7a8412f4603b6b78690d"];

    // One leaf is its own root: 5 base units of address 1 with salt 1.
    private const string Proof = """{"epoch":1,"root":"0x0000000000000000000000000000000000000000000000000000000000000001","sum":"5","owner":"0x0000000000000000000000000000000000000001","amount":"5","salt":"0x0000000000000000000000000000000000000000000000000000000000000001","path":[]}""";

    [Theory]
    [InlineData(Proof, "lead to root")]
    [InlineData("{}", "malformed")]
    [InlineData("not JSON", "malformed")]
    public async Task Verify_AProofThatDoesNotHold_SaysWhyAndFails(string json, string why)
    {
        var file = Path.Combine(Folder, "proof.json");
        File.WriteAllText(file, json);
        await using var neuro = NeuroProcess.Start(Data, "wallet", "verify", file);
        (await neuro.ExitAsync(Cancel)).ShouldBe(1, neuro.Output);
        neuro.Output.ShouldContain("✗");
        neuro.Output.ShouldContain(why);
    }

    [Fact]
    public async Task Up_AfterAFirstStartThatWasCutOff_BeginsItsChainAnew()
    {
        Requires.True(AnvilNode.Find(Repository.Root) is not null, "needs anvil: npm ci in contracts/");
        Directory.CreateDirectory(Path.Combine(Data, "chain"));
        File.WriteAllText(Path.Combine(Data, "chain", "anvil.json"), "{\"cut"); // And nothing that says which contracts are on it.
        await using var neuro = NeuroProcess.Start(Data, "up", "--no-node", "--chain", "anvil", "--verbose");
        await neuro.LineAsync("Neuro is up at", Cancel);

        await using (var wallet = NeuroProcess.Start(Data, "wallet", "show"))
        {
            (await wallet.ExitAsync(Cancel)).ShouldBe(0, wallet.Output);
            wallet.Output.ShouldContain("✓ The vault holds 399,990,000 NTK; the ledger owes 399,990,000 NTK.");
        }

        await using (var wallet = NeuroProcess.Start(Data, "wallet", "deposit", "much"))
        {
            (await wallet.ExitAsync(Cancel)).ShouldBe(1, wallet.Output);
            wallet.Output.ShouldContain("(ntk.bad_amount)");
        }

        neuro.Interrupt();
        await neuro.ExitAsync(Cancel);
        NeuroProcess.Running(Data).ShouldBeEmpty();
        foreach (var key in DevelopmentKeys)
        {
            neuro.Output.ShouldNotContain(key);
            foreach (var file in Directory.EnumerateFiles(Data, "*", SearchOption.AllDirectories))
            {
                var bytes = File.ReadAllBytes(file);
                (bytes.AsSpan().IndexOf(Encoding.ASCII.GetBytes(key)) + bytes.AsSpan().IndexOf(Convert.FromHexString(key))).ShouldBe(-2, file);
            }
        }
    }

    [Theory]
    [InlineData("up --no-node --chain nonsense --vault 0x0000000000000000000000000000000000000001", "chain.bad_url")]
    [InlineData("up --no-node --chain http://127.0.0.1:1", "chain.no_vault")]
    [InlineData("up --no-node --chain http://127.0.0.1:1 --vault 0x0000000000000000000000000000000000000001", "wallet.none")]
    [InlineData("wallet verify nowhere.json", "file.missing")]
    [InlineData("wallet show", "platform.not_running")]
    public async Task Anything_ThatCannotBe_IsRefusedInALine(string line, string code)
    {
        await using var neuro = NeuroProcess.Start(Data, line.Split(' '));
        (await neuro.ExitAsync(Cancel)).ShouldBe(1, neuro.Output);
        neuro.Output.ShouldContain($"({code})");
    }
}
