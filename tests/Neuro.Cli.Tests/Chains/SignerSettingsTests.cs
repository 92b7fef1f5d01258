using Neuro.Chain.Signing;
using Neuro.Chain.Values;
using Neuro.Cli.Chains;
using Neuro.Client.Api;

namespace Neuro.Cli.Tests.Chains;

public sealed class SignerSettingsTests : CliFact
{
    private const string Name = "NEURO_WALLET";
    private const string Secret = "0x59c6995e998f97a5a0044966f0945389dc9e86dae88c7a8412f4603b6b78690d";
    private const string Password = "correct horse";

    private static readonly Address Known = Address.Parse("0x70997970C51812dc3A010C7d01b50e0d17dc79C8");

    private readonly Dictionary<string, string> environment = [];

    private string Keystore()
    {
        var path = Path.Combine(Folder, "key.json");
        File.WriteAllText(path, Neuro.Chain.Signing.Keystore.Write(Hash32.Parse(Secret), Password, Neuro.Chain.Signing.Keystore.Strength.Light));
        return path;
    }

    private ISigner? Open()
    {
        using var http = new HttpClient();
        return new SignerSettings(Name, environment.GetValueOrDefault).Open(http);
    }

    [Fact]
    public void Open_NothingIsSet_IsNothing() => Open().ShouldBeNull();

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Open_AKeystore_SignsForAChainOfOnesOwnUnlessItIsAllowedEverywhere(bool anywhere)
    {
        environment[Name] = Keystore();
        environment[Name + "_PASSWORD_FILE"] = Path.Combine(Folder, "password");
        File.WriteAllText(environment[Name + "_PASSWORD_FILE"], Password + "\n");
        environment[SignerSettings.AnyChain] = anywhere ? "1" : "0";

        var signer = Open().ShouldNotBeNull();

        signer.Address.ShouldBe(Known);
        var transaction = new Eip1559Transaction { ChainId = 1, Nonce = 0, PriorityFee = 1, MaxFee = 1, Gas = 21_000, To = Known, Value = 1, Data = default };
        if (anywhere)
        {
            (await signer.SignAsync(transaction, Cancel)).From.ShouldBe(Known);
        }
        else
        {
            (await Should.ThrowAsync<NeuroException>(async () => await signer.SignAsync(transaction, Cancel))).Code.ShouldBe("signer.wrong_chain");
        }
    }

    [Theory]
    [InlineData("web3signer:http://127.0.0.1:9000#0x70997970C51812dc3A010C7d01b50e0d17dc79C8")]
    [InlineData("clef:http://127.0.0.1:8550#0x70997970C51812dc3A010C7d01b50e0d17dc79C8")]
    public void Open_AnotherProgram_HasTheAddressThatWasNamed(string setting)
    {
        environment[Name] = setting;
        Open()!.Address.ShouldBe(Known);
    }

    [Theory]
    [InlineData("web3signer:http://127.0.0.1:9000", "wallet.bad_setting")]
    [InlineData("web3signer:ftp://127.0.0.1#0x70997970C51812dc3A010C7d01b50e0d17dc79C8", "wallet.bad_setting")]
    [InlineData("clef:http://127.0.0.1:8550#0x70997970C51812dc3A010C7d01b50e0d17dc79C9", "wallet.bad_setting")]
    [InlineData("clef:#", "wallet.bad_setting")]
    [InlineData("/nowhere/key.json", "wallet.bad_setting")]
    public void Open_Nonsense_IsRefusedInASentence(string setting, string code)
    {
        environment[Name] = setting;
        environment[Name + "_PASSWORD"] = Password;
        Should.Throw<NeuroException>(Open).Code.ShouldBe(code);
    }

    [Fact]
    public void Open_AKeystoreWithoutOrWithTheWrongPassword_IsRefusedAndShowsNeither()
    {
        environment[Name] = Keystore();
        Should.Throw<NeuroException>(Open).Code.ShouldBe("wallet.no_password");
        environment[Name + "_PASSWORD"] = "wrong staple";
        var refused = Should.Throw<NeuroException>(Open);
        refused.Code.ShouldBe("keystore.wrong_password");
        refused.ToString().ShouldNotContain("staple");
    }
}
