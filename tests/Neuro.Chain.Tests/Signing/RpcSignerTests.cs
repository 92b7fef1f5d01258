using System.Text.Json.Nodes;
using Neuro.Chain.Coding;
using Neuro.Chain.Signing;
using Neuro.Chain.Tests.Rpc;
using Neuro.Chain.Values;
using Neuro.Client.Api;

namespace Neuro.Chain.Tests.Signing;

/// <summary>Against a stub that speaks as Web3Signer and Clef do, and signs with a key of its own.</summary>
public sealed class RpcSignerTests
{
    private static readonly Hash32 Key = Hash32.Parse("0x8449f10f761531e93a9d29a0d7147f9cce4a6c8a53bdc82f2a1bf30ce4a9fb43");
    private static readonly Address Account = Secp256k1.AddressOf(Key);
    private static readonly Eip1559Transaction Transaction = LocalSignerTests.Transaction(1) with { Data = new byte[] { 1, 2 }, AccessList = [(Account, [Key])] };

    public static TheoryData<SignerDialect> Dialects => [SignerDialect.Web3Signer, SignerDialect.Clef];

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [MemberData(nameof(Dialects))]
    public async Task Sign_OfEachKind_IsWhatTheKeySigns(SignerDialect dialect)
    {
        await using var stub = await LoopbackNode.StartAsync(Honest);
        var (signer, local) = (Signer(stub, dialect), new LocalSigner(Key, isForAnyChain: true));
        (await signer.SignAsync(Transaction, Cancel)).Raw.ToArray().ShouldBe((await local.SignAsync(Transaction, Cancel)).Raw.ToArray());
        (await signer.SignMessageAsync("hello"u8.ToArray(), Cancel)).ShouldBe(await local.SignMessageAsync("hello"u8.ToArray(), Cancel));
        (await signer.SignTypedDataAsync(LocalSignerTests.Mail(1), Cancel)).ShouldBe(await local.SignTypedDataAsync(LocalSignerTests.Mail(1), Cancel));
        string[] methods = dialect == SignerDialect.Clef
            ? ["account_signTransaction", "account_signData", "account_signTypedData"]
            : ["eth_signTransaction", "eth_sign", "eth_signTypedData_v4"];
        stub.Asked.ShouldBe(methods);
    }

    [Fact]
    public async Task SignTypedData_OfASignerWithoutV4_UsesTheOldName()
    {
        await using var stub = await LoopbackNode.StartAsync((method, parameters) => method == "eth_signTypedData_v4"
            ? throw new NodeError(-32601, "Method not found")
            : Honest(method, parameters));
        await Signer(stub, SignerDialect.Web3Signer).SignTypedDataAsync(LocalSignerTests.Mail(1), Cancel);
        stub.Asked.ShouldBe(["eth_signTypedData_v4", "eth_signTypedData"]);
    }

    [Theory]
    [MemberData(nameof(Dialects))]
    public async Task Sign_OfAnotherTransactionThanAskedFor_IsABadAnswer(SignerDialect dialect)
    {
        await using var stub = await LoopbackNode.StartAsync((method, parameters) =>
        {
            parameters[0]!["to"] = Account.ToString();
            return Honest(method, parameters);
        });
        var wrong = await Should.ThrowAsync<NeuroException>(() => Signer(stub, dialect).SignAsync(Transaction, Cancel));
        (wrong.Code, wrong.Message.Contains("another transaction")).ShouldBe(("signer.bad_answer", true));
    }

    [Theory]
    [MemberData(nameof(Dialects))]
    public async Task Sign_ByAnotherKey_IsABadAnswer(SignerDialect dialect)
    {
        await using var stub = await LoopbackNode.StartAsync(Honest);
        var signer = new RpcSigner(LoopbackNode.Http, stub.Url, Address.Zero, dialect);
        (await Should.ThrowAsync<NeuroException>(() => signer.SignAsync(Transaction, Cancel))).Message.ShouldContain($"signed by {Account}");
        (await Should.ThrowAsync<NeuroException>(() => signer.SignMessageAsync("hello"u8.ToArray(), Cancel))).Code.ShouldBe("signer.bad_answer");
        (await Should.ThrowAsync<NeuroException>(() => signer.SignTypedDataAsync(LocalSignerTests.Mail(1), Cancel))).Code.ShouldBe("signer.bad_answer");
    }

    [Fact]
    public async Task Sign_ThatAPersonDenies_IsAskedOnce()
    {
        await using var stub = await LoopbackNode.StartAsync((_, _) => throw new NodeError(-32000, "Request denied"));
        var wrong = await Should.ThrowAsync<NeuroException>(() => Signer(stub, SignerDialect.Clef).SignAsync(Transaction, Cancel));
        (wrong.Code, wrong.Message.Contains("Request denied")).ShouldBe(("signer.refused", true));
        stub.Asked.Count.ShouldBe(1);
    }

    [Theory]
    [InlineData("null")]
    [InlineData("5")]
    [InlineData("\"0x02\"")]
    [InlineData("\"0x\"")]
    [InlineData("{}")]
    [InlineData("{\"raw\": 5}")]
    public async Task Sign_OfMalformedAnswers_IsABadAnswer(string result)
    {
        await using var stub = await LoopbackNode.StartAsync((_, _) => JsonNode.Parse(result));
        (await Should.ThrowAsync<NeuroException>(() => Signer(stub, SignerDialect.Clef).SignAsync(Transaction, Cancel))).Code.ShouldBe("signer.bad_answer");
        (await Should.ThrowAsync<NeuroException>(() =>
            Signer(stub, SignerDialect.Web3Signer).SignMessageAsync("hello"u8.ToArray(), Cancel))).Code.ShouldBe("signer.bad_answer");
    }

    [Fact]
    public async Task Sign_WithNobodyThere_IsUnreachable()
    {
        await using var stub = await LoopbackNode.StartAsync(Honest);
        var signer = Signer(stub, SignerDialect.Clef);
        await stub.DisposeAsync();
        (await Should.ThrowAsync<NeuroException>(() => signer.SignAsync(Transaction, Cancel))).Code.ShouldBe("signer.unreachable");
    }

    private static RpcSigner Signer(LoopbackNode stub, SignerDialect dialect) => new(LoopbackNode.Http, stub.Url, Account, dialect);

    private static JsonNode? Honest(string method, JsonArray parameters) => method switch
    {
        "eth_signTransaction" => Raw(parameters[0]!),
        "account_signTransaction" => new JsonObject { ["raw"] = Raw(parameters[0]!), ["tx"] = parameters[0]!.DeepClone() },
        "eth_sign" => Message(parameters[1]!),
        "account_signData" => parameters[0]!.GetValue<string>() == "text/plain" ? Message(parameters[2]!) : throw new NodeError(-32602, "unknown content type"),
        "eth_signTypedData_v4" or "eth_signTypedData" => Typed(parameters[1]!.GetValue<string>()),
        "account_signTypedData" => Typed(parameters[1]!.ToJsonString()),
        _ => throw new NodeError(-32601, "Method not found"),
    };

    private static string Raw(JsonNode json)
    {
        var transaction = new Eip1559Transaction
        {
            ChainId = (long)Number(json, "chainId"), Nonce = (long)Number(json, "nonce"), Gas = (long)Number(json, "gas"),
            PriorityFee = Number(json, "maxPriorityFeePerGas"), MaxFee = Number(json, "maxFeePerGas"), Value = Number(json, "value"),
            To = json["to"] is { } to ? Address.Parse(to.GetValue<string>()) : null, Data = Hex.Bytes(json["data"]!.GetValue<string>()),
            AccessList = [.. json["accessList"]!.AsArray().Select(one =>
                (Address.Parse(one!["address"]!.GetValue<string>()),
                    (IReadOnlyList<Hash32>)[.. one["storageKeys"]!.AsArray().Select(slot => Hash32.Parse(slot!.GetValue<string>()))]))],
        };
        return Hex.Of(transaction.With(Secp256k1.Sign(transaction.Digest, Key)).Raw.Span);
    }

    private static System.Numerics.BigInteger Number(JsonNode json, string name) => Hex.Number(json[name]!.GetValue<string>());

    private static string Message(JsonNode hex) => Secp256k1.Sign(PersonalMessage.Digest(Hex.Bytes(hex.GetValue<string>())), Key).ToString();

    private static string Typed(string json) => Secp256k1.Sign(TypedData.Parse(json).Digest, Key).ToString();
}
