using System.Numerics;
using System.Text.Json.Nodes;
using CsCheck;
using Microsoft.AspNetCore.Http;
using Neuro.Chain.Coding;
using Neuro.Chain.Rpc;
using Neuro.Chain.Signing;
using Neuro.Chain.Values;
using Neuro.Client.Api;

namespace Neuro.Chain.Tests.Rpc;

/// <summary>Nodes that lie, are late, or are not there.</summary>
public sealed class JsonRpcEthereumTests
{
    private static readonly Address Token = Address.Parse("0x5FbDB2315678afecb367f032d93F642f64180aa3");
    private static readonly Hash32 Topic = Keccak.Of("Transfer(address,address,uint256)");
    private static readonly LogFilter Transfers = new([Token], [[Topic]], BlockRef.Of(10), BlockRef.Of(20));

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Balance_FromAnEndpointOfAnotherChain_IsRefusedAndNeverAsked()
    {
        await using var node = await LoopbackNode.StartAsync((method, _) => method == "eth_chainId" ? "0x1" : "0x5");
        var wrong = await Should.ThrowAsync<NeuroException>(() => Client(node).BalanceAsync(Token, BlockRef.Latest, Cancel));
        wrong.Code.ShouldBe("chain.wrong_chain");
        wrong.Message.ShouldContain("of chain 1; expected chain 31337");
        node.Asked.ShouldAllBe(method => method == "eth_chainId");
    }

    [Fact]
    public async Task Balance_WithAWrongAndADeadEndpointFirst_ComesFromTheThird()
    {
        await using var wrong = await LoopbackNode.StartAsync((method, _) => method == "eth_chainId" ? "0x1" : "0x5");
        await using var right = await LoopbackNode.StartAsync(Right("0x7"));
        await using var gone = await LoopbackNode.StartAsync(Right("0x9"));
        var goneUrl = gone.Url;
        await gone.DisposeAsync();
        var chain = new JsonRpcEthereum(LoopbackNode.Http,
            new() { Endpoints = [goneUrl, wrong.Url, right.Url], ChainId = 31337, BackOff = TimeSpan.FromMilliseconds(1) });
        (await chain.BalanceAsync(Token, BlockRef.Latest, Cancel)).ShouldBe(7);
    }

    [Fact]
    public async Task Balance_WithNobodyThere_SaysWhoWasAskedWithoutItsSecrets()
    {
        await using var gone = await LoopbackNode.StartAsync(Right("0x9"));
        var url = new UriBuilder(gone.Url) { UserName = "me", Password = "hidden", Path = "/v3/apikey" }.Uri;
        await gone.DisposeAsync();
        var chain = new JsonRpcEthereum(LoopbackNode.Http, new() { Endpoints = [url], BackOff = TimeSpan.FromMilliseconds(1) });
        var wrong = await Should.ThrowAsync<NeuroException>(() => chain.BalanceAsync(Token, BlockRef.Latest, Cancel));
        wrong.Code.ShouldBe("chain.unreachable");
        wrong.ToString().ShouldNotContain("hidden");
        wrong.ToString().ShouldNotContain("apikey");
    }

    [Fact]
    public async Task Balance_OfANodeThatNeverAnswers_EndsWithTheTimeout()
    {
        await using var node = await LoopbackNode.StartAsync(Right("0x7"));
        node.Instead = async context =>
        {
            await Task.Delay(Timeout.Infinite, context.RequestAborted).ContinueWith(_ => { }, TaskScheduler.Default);
            return true;
        };
        var chain = new JsonRpcEthereum(LoopbackNode.Http, new() { Endpoints = [node.Url], Timeout = TimeSpan.FromMilliseconds(100), Rounds = 1 });
        (await Should.ThrowAsync<NeuroException>(() => chain.BalanceAsync(Token, BlockRef.Latest, Cancel))).Message.ShouldContain("no answer in 0.1 s");
    }

    [Fact]
    public async Task Balance_OfANodeThatFailsTwice_ComesInTheThirdRound()
    {
        await using var node = await LoopbackNode.StartAsync(Right("0x7"));
        var failures = 2;
        node.Instead = context =>
        {
            var fails = failures-- > 0;
            context.Response.StatusCode = fails ? 503 : 200;
            return Task.FromResult(fails);
        };
        (await Client(node).BalanceAsync(Token, BlockRef.Latest, Cancel)).ShouldBe(7);
    }

    [Fact]
    public async Task Balance_ThatIsCancelled_EndsAsCancelled()
    {
        await using var node = await LoopbackNode.StartAsync(Right("0x7"));
        await Should.ThrowAsync<OperationCanceledException>(() => Client(node).BalanceAsync(Token, BlockRef.Latest, new CancellationToken(canceled: true)));
    }

    [Fact]
    public async Task Blocks_AnsweredInReverse_AreInTheOrderAskedFor()
    {
        await using var node = await LoopbackNode.StartAsync((method, parameters) => method == "eth_chainId" ? "0x7a69" : Block(parameters[0]!.GetValue<string>()));
        node.Twist = answer => answer is JsonArray batch ? new JsonArray([.. batch.Reverse().Select(one => one!.DeepClone())]) : answer;
        var blocks = await Client(node).BlocksAsync([BlockRef.Of(3), BlockRef.Of(1), BlockRef.Of(2)], Cancel);
        blocks.Select(block => block!.Number).ShouldBe([3L, 1L, 2L]);
        node.Asked.Count.ShouldBe(4);
    }

    [Theory]
    [InlineData("the same answer twice", "two answers with one id")]
    [InlineData("one is missing", "an answer is missing")]
    [InlineData("another id", "an id that was not asked")]
    [InlineData("text as id", "an id that was not asked")]
    [InlineData("not an object", "")]
    public async Task Blocks_AnsweredWrongly_AreABadAnswer(string how, string why)
    {
        await using var node = await LoopbackNode.StartAsync((method, parameters) => method == "eth_chainId" ? "0x7a69" : Block(parameters[0]!.GetValue<string>()));
        node.Twist = answer =>
        {
            if (answer is JsonArray batch)
            {
                switch (how)
                {
                    case "the same answer twice": batch[1]!["id"] = batch[0]!["id"]!.DeepClone(); break;
                    case "one is missing": batch.RemoveAt(0); break;
                    case "another id": batch[0]!["id"] = 12345; break;
                    case "text as id": batch[0]!["id"] = "1"; break;
                    default: batch[0] = 5; break;
                }
            }

            return answer;
        };
        var wrong = await Should.ThrowAsync<NeuroException>(() => Client(node).BlocksAsync([BlockRef.Of(1), BlockRef.Of(2)], Cancel));
        wrong.Code.ShouldBe("chain.bad_answer");
        wrong.Message.ShouldContain(why);
    }

    [Fact]
    public async Task Block_OfAnotherNumberOrHash_IsABadAnswer()
    {
        await using var node = await LoopbackNode.StartAsync((method, _) => method == "eth_chainId" ? "0x7a69" : Block("0x5"));
        (await Should.ThrowAsync<NeuroException>(() => Client(node).BlockAsync(BlockRef.Of(4), Cancel))).Code.ShouldBe("chain.bad_answer");
        (await Should.ThrowAsync<NeuroException>(() => Client(node).BlockAsync(BlockRef.Of(Keccak.Of("4")), Cancel))).Code.ShouldBe("chain.bad_answer");
        (await Client(node).BlockAsync(BlockRef.Latest, Cancel))!.Number.ShouldBe(5);
    }

    [Fact]
    public async Task Balance_OfAnEndlessAnswer_StopsAtTheBoundAndLeavesTheNode()
    {
        await using var node = await LoopbackNode.StartAsync(Right("0x7"));
        var left = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        node.Instead = async context =>
        {
            var chunk = new byte[1 << 16];
            chunk.AsSpan().Fill((byte)' ');
            while (!context.RequestAborted.IsCancellationRequested)
            {
                await context.Response.Body.WriteAsync(chunk);
            }

            left.SetResult();
            return true;
        };
        await using var other = await LoopbackNode.StartAsync(Right("0x9"));
        var chain = new JsonRpcEthereum(LoopbackNode.Http, new() { Endpoints = [node.Url, other.Url], LongestAnswer = 1 << 20 });
        (await Should.ThrowAsync<NeuroException>(() => chain.BalanceAsync(Token, BlockRef.Latest, Cancel))).Code.ShouldBe("chain.too_much");
        await left.Task.WaitAsync(TimeSpan.FromSeconds(30), Cancel); // It would go on for ever.
        (await chain.BalanceAsync(Token, BlockRef.Latest, Cancel)).ShouldBe(9);
    }

    [Theory]
    [InlineData("")]
    [InlineData("<html>")]
    [InlineData("{}")]
    [InlineData("[]")]
    [InlineData("5")]
    [InlineData("null")]
    [InlineData("{\"id\": 1, \"result\": ")]
    [InlineData("{\"id\": 1, \"result\": 5}")]
    [InlineData("{\"id\": 1, \"result\": \"5\"}")]
    [InlineData("{\"id\": 1, \"result\": \"0x10000000000000000000000000000000000000000000000000000000000000000\"}")]
    [InlineData("{\"id\": 1, \"result\": {\"a\": []}}")]
    [InlineData("{\"id\": 1, \"error\": 7}")]
    public async Task ChainId_OfMalformedAnswers_IsABadAnswer(string answer)
    {
        await using var node = await LoopbackNode.StartAsync(Right("0x7"));
        node.Instead = async context =>
        {
            await context.Response.WriteAsync(answer);
            return true;
        };
        (await Should.ThrowAsync<NeuroException>(() => Client(node).ChainIdAsync(Cancel))).Code.ShouldBe("chain.bad_answer");
    }

    [Fact]
    public async Task ChainId_OfADeeplyNestedAnswer_IsABadAnswer()
    {
        await using var node = await LoopbackNode.StartAsync(Right("0x7"));
        node.Instead = async context =>
        {
            await context.Response.WriteAsync(new string('[', 100_000));
            return true;
        };
        (await Should.ThrowAsync<NeuroException>(() => Client(node).ChainIdAsync(Cancel))).Code.ShouldBe("chain.bad_answer");
    }

    [Fact]
    public async Task Logs_AsAskedFor_AreInTheOrderOfTheChain()
    {
        await using var node = await LoopbackNode.StartAsync((method, _) => method == "eth_chainId"
            ? "0x7a69"
            : new JsonArray(LogOf(12, 1), LogOf(11, 4), LogOf(12, 0), LogOf(13, 9, removed: true)));
        var logs = await Client(node).LogsAsync(Transfers, Cancel);
        logs.Select(log => (log.BlockNumber, log.LogIndex)).ShouldBe([(11L, 4L), (12L, 0L), (12L, 1L)]);
    }

    [Theory]
    [InlineData("address", "\"0x00000000000000000000000000000000000000aa\"", "was not asked for")]
    [InlineData("topics", "[]", "was not asked for")]
    [InlineData("topics", "[\"0x0000000000000000000000000000000000000000000000000000000000000001\"]", "was not asked for")]
    [InlineData("blockNumber", "\"0x15\"", "was not asked for")]
    [InlineData("blockNumber", "\"0x9\"", "was not asked for")]
    [InlineData("blockHash", "null", "Null where a hex string")]
    [InlineData("data", "\"0x1\"", "not hex")]
    [InlineData("logIndex", "\"0xffffffffffffffffff\"", "over 63 bits")]
    [InlineData("transactionHash", "\"0x12\"", "32 bytes")]
    public async Task Logs_OfALookAlikeOrMalformed_AreABadAnswer(string field, string value, string why)
    {
        await using var node = await LoopbackNode.StartAsync((method, _) =>
        {
            var log = LogOf(12, 0);
            log[field] = JsonNode.Parse(value);
            return method == "eth_chainId" ? "0x7a69" : new JsonArray(log);
        });
        var wrong = await Should.ThrowAsync<NeuroException>(() => Client(node).LogsAsync(Transfers, Cancel));
        wrong.Code.ShouldBe("chain.bad_answer");
        wrong.Message.ShouldContain(why);
    }

    [Fact]
    public async Task Logs_ThatContradictEachOther_AreABadAnswer()
    {
        await using var node = await LoopbackNode.StartAsync((method, _) =>
        {
            var other = LogOf(12, 1);
            other["blockHash"] = Keccak.Of("another branch").ToString();
            return method == "eth_chainId" ? "0x7a69" : new JsonArray(LogOf(12, 0), other);
        });
        (await Should.ThrowAsync<NeuroException>(() => Client(node).LogsAsync(Transfers, Cancel))).Message.ShouldContain("contradict");
    }

    [Fact]
    public async Task LogRanges_OfANodeThatAllowsThreeBlocks_AreHalvedUntilItDoes()
    {
        await using var node = await LoopbackNode.StartAsync((method, parameters) =>
        {
            if (method == "eth_chainId")
            {
                return "0x7a69";
            }

            var (from, to) = ((long)Hex.Number(parameters[0]!["fromBlock"]!.GetValue<string>()), (long)Hex.Number(parameters[0]!["toBlock"]!.GetValue<string>()));
            return to - from < 3
                ? new JsonArray([.. Enumerable.Range((int)from, (int)(to - from + 1)).Select(number => LogOf(number, 0))])
                : throw new NodeError(-32005, "query returned more than 3 results");
        });
        var numbers = new List<long>();
        await foreach (var (logs, upTo) in Client(node).LogRangesAsync([Token], [[Topic]], 1, 20, Cancel))
        {
            numbers.AddRange(logs.Select(log => log.BlockNumber));
            numbers[^1].ShouldBe(upTo);
        }

        numbers.ShouldBe(Enumerable.Range(1, 20).Select(number => (long)number));
    }

    [Fact]
    public async Task Call_ThatReverts_NamesTheReason()
    {
        var errors = ContractAbi.Parse("""[{"type": "error", "name": "TooFew", "inputs": [{"name": "left", "type": "uint256"}]}]""").Errors;
        await using var node = await LoopbackNode.StartAsync((method, _) => method == "eth_chainId"
            ? "0x7a69"
            : throw new NodeError(3, "execution reverted", Hex.Of(errors[0].Encode(new BigInteger(2)))));
        var wrong = await Should.ThrowAsync<NeuroException>(() => Client(node).CallAsync(new(Token, default, Errors: errors), BlockRef.Latest, Cancel));
        (wrong.Code, wrong.Message).ShouldBe(("chain.reverted", "The contract refused: TooFew(left: 2)."));
        node.Asked.Count.ShouldBe(2); // It is an answer, so nobody is asked again.
    }

    [Theory]
    [InlineData(-32000, "already known")]
    [InlineData(-32000, "nonce too low")]
    [InlineData(-32010, "AlreadyKnown")]
    public async Task SendRaw_OfATransactionThatTheNodeHas_Succeeds(int code, string message)
    {
        var raw = new byte[] { 1, 2, 3 };
        await using var node = await LoopbackNode.StartAsync((method, parameters) => method switch
        {
            "eth_chainId" => "0x7a69",
            "eth_sendRawTransaction" => throw new NodeError(code, message),
            _ => new JsonObject
            {
                ["hash"] = parameters[0]!.DeepClone(), ["from"] = Token.ToLowerString(), ["to"] = null, ["nonce"] = "0x1", ["value"] = "0x0", ["input"] = "0x",
                ["blockNumber"] = null, ["blockHash"] = null,
            },
        });
        (await Client(node).SendRawAsync(raw, Cancel)).ShouldBe(Keccak.Of(raw));
    }

    [Fact]
    public async Task SendRaw_ThatIsRefused_SaysTheNodesReason()
    {
        await using var node = await LoopbackNode.StartAsync((method, _) => method switch
        {
            "eth_chainId" => "0x7a69",
            "eth_sendRawTransaction" => throw new NodeError(-32000, "insufficient funds"),
            _ => null,
        });
        var wrong = await Should.ThrowAsync<NeuroException>(() => Client(node).SendRawAsync(new byte[] { 1 }, Cancel));
        (wrong.Code, wrong.Message.Contains("insufficient funds")).ShouldBe(("chain.refused", true));
    }

    [Fact]
    public async Task SendRaw_AnsweredWithAnotherHash_IsABadAnswer()
    {
        await using var node = await LoopbackNode.StartAsync((method, _) => method == "eth_chainId" ? "0x7a69" : Keccak.Of("another").ToString());
        (await Should.ThrowAsync<NeuroException>(() => Client(node).SendRawAsync(new byte[] { 1 }, Cancel))).Code.ShouldBe("chain.bad_answer");
    }

    [Fact]
    public async Task AnyQuestion_OfAnyJson_ThrowsNothingButNeuroException()
    {
        JsonNode? said = null;
        await using var node = await LoopbackNode.StartAsync((method, _) => method == "eth_chainId" ? "0x7a69" : said?.DeepClone());
        var chain = new JsonRpcEthereum(LoopbackNode.Http, new() { Endpoints = [node.Url], ChainId = 31337, Rounds = 1 });
        Func<Task>[] questions =
        [
            () => chain.BlockAsync(BlockRef.Latest), () => chain.LogsAsync(Transfers), () => chain.ReceiptAsync(Topic),
            () => chain.TransactionAsync(Topic), () => chain.FeesAsync(),
            () => chain.CallAsync(new(Token, default), BlockRef.Latest), () => chain.BalanceAsync(Token, BlockRef.Latest), () => chain.NonceAsync(Token, BlockRef.Latest),
            () => chain.SendRawAsync(new byte[] { 1 }), () => chain.EstimateGasAsync(new(Token, default)),
        ];
        await Gen.Select(AnyJson(3), Gen.Int[0, questions.Length - 1]).SampleAsync(async (json, which) =>
        {
            said = json;
            try
            {
                await questions[which]();
            }
            catch (NeuroException wrong)
            {
                wrong.Code.ShouldStartWith("chain.");
            }
        }, iter: 300, threads: 1);
    }

    private static JsonRpcEthereum Client(LoopbackNode node) =>
        new(LoopbackNode.Http, new() { Endpoints = [node.Url], ChainId = 31337, BackOff = TimeSpan.FromMilliseconds(1) });

    private static Func<string, JsonArray, JsonNode?> Right(string result) => (method, _) => method == "eth_chainId" ? "0x7a69" : result;

    private static JsonObject Block(string number) => new()
    {
        ["number"] = number, ["hash"] = Keccak.Of(number).ToString(), ["parentHash"] = Hash32.Zero.ToString(), ["timestamp"] = "0x65000000", ["baseFeePerGas"] = "0x7",
    };

    private static JsonObject LogOf(long block, long index, bool removed = false) => new()
    {
        ["address"] = Token.ToLowerString(), ["topics"] = new JsonArray(Topic.ToString()), ["data"] = "0x",
        ["blockNumber"] = Hex.Of(new BigInteger(block)), ["blockHash"] = Keccak.Of($"{block}").ToString(),
        ["transactionHash"] = Keccak.Of($"{block} {index}").ToString(), ["transactionIndex"] = "0x0", ["logIndex"] = Hex.Of(new BigInteger(index)), ["removed"] = removed,
    };

    private static Gen<JsonNode?> AnyJson(int levels)
    {
        string[] names = ["hash", "number", "parentHash", "timestamp", "baseFeePerGas", "logs", "topics", "address", "data", "status", "blockHash", "transactionHash",
            "reward", "removed", "from", "input"];
        string[] texts = ["", "0x", "0x0", "0xff", "0xzz", "latest", Hash32.Zero.ToString(), Token.ToLowerString(), "0xffffffffffffffffffffffff"];
        var value = Gen.OneOf(
            Gen.Int[0, texts.Length - 1].Select(i => (JsonNode?)JsonValue.Create(texts[i])), Gen.Int.Select(number => (JsonNode?)JsonValue.Create(number)),
            Gen.Bool.Select(truth => (JsonNode?)JsonValue.Create(truth)), Gen.Const(() => (JsonNode?)null));
        return levels == 0 ? value : Gen.OneOf(
            value, AnyJson(levels - 1).Array[0, 4].Select(items => (JsonNode?)new JsonArray([.. items.Select(item => item?.DeepClone())])),
            Gen.Select(Gen.Int[0, names.Length - 1].Array[0, 10], AnyJson(levels - 1).Array[10], (keys, values) =>
                (JsonNode?)new JsonObject(keys.Distinct().Select((key, i) => KeyValuePair.Create(names[key], values[i]?.DeepClone())))));
    }
}
