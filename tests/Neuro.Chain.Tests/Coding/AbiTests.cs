using System.Numerics;
using CsCheck;
using Neuro.Chain.Coding;
using Neuro.Chain.Rpc;
using Neuro.Chain.Values;

namespace Neuro.Chain.Tests.Coding;

public sealed class AbiTests
{
    private static readonly AbiType Uint256Type = AbiType.Parse("uint256");

    [Fact]
    public void Decode_OfEncode_IsIdentity() => Generate.Typed.List[1, 4].Sample(typed =>
    {
        AbiType[] types = [.. typed.Select(one => one.Type)];
        object[] values = [.. typed.Select(one => one.Value)];
        Abi.Decode(types, Abi.Encode(types, values)).ShouldBe(values);
    });

    [Fact]
    public void Parse_OfAName_IsIdentity() =>
        Generate.Typed.Where(typed => !typed.Type.Name.Contains('(')).Sample(typed => AbiType.Parse(typed.Type.Name).ShouldBe(typed.Type));

    [Fact]
    public void Decode_OfAnyBytes_ThrowsNothingButFormatException() =>
        Gen.Select(Generate.Typed, Gen.Byte.Array[0, 300]).Sample((typed, bytes) => OrFormatException(() => Abi.Decode([typed.Type], bytes)));

    [Fact]
    public void Decode_OfAnEncodingWithAByteChanged_ThrowsNothingButFormatException() =>
        Gen.Select(Generate.Typed, Gen.Int[0, 100_000], Gen.Byte).Sample((typed, at, value) =>
    {
        var bytes = Abi.Encode([typed.Type], [typed.Value]);
        if (bytes.Length > 0)
        {
            bytes[at % bytes.Length] = value;
        }

        OrFormatException(() => Abi.Decode([typed.Type], bytes));
    });

    // Ten levels, each of ten offsets to the one place below: ten thousand million values in a few kilobytes, if one followed them all.
    [Fact]
    public void Decode_OfArraysThatShareOnePlace_StopsAtTheNumberOfWords()
    {
        var bytes = new MemoryStream();
        var type = Uint256Type;
        bytes.Write(Hash32.Of(32).ToBytes());
        for (var level = 0; level < 10; level++)
        {
            type = new AbiType.Sequence(type, null);
            bytes.Write(Hash32.Of(10).ToBytes());
            for (var i = 0; i < 10; i++)
            {
                bytes.Write(Hash32.Of(320).ToBytes());
            }
        }

        var before = GC.GetAllocatedBytesForCurrentThread();
        Should.Throw<FormatException>(() => Abi.Decode([type], bytes.ToArray())).Message.ShouldContain("share one place");
        (GC.GetAllocatedBytesForCurrentThread() - before).ShouldBeLessThan(1 << 20);
    }

    [Theory]
    [InlineData("uint256[]")]
    [InlineData("bytes")]
    [InlineData("string[]")]
    public void Decode_OfAnEnormousLength_CostsNoMemory(string type)
    {
        byte[] bytes = [.. Hash32.Of(32).ToBytes(), .. Hash32.Of(int.MaxValue).ToBytes(), .. new byte[64]];
        var before = GC.GetAllocatedBytesForCurrentThread();
        Should.Throw<FormatException>(() => Abi.Decode([AbiType.Parse(type)], bytes)).Message.ShouldContain("a length of 2147483647");
        (GC.GetAllocatedBytesForCurrentThread() - before).ShouldBeLessThan(1 << 20);
    }

    [Theory]
    [InlineData("uint7")]
    [InlineData("uint264")]
    [InlineData("bytes33")]
    [InlineData("bytes0")]
    [InlineData("tuple")]
    [InlineData("uint256[0]")]
    [InlineData("uint256[1024][1024]")]
    [InlineData("uint256[][][][][][][][][][][][][][][][][]")]
    [InlineData("Uint256")]
    [InlineData("")]
    public void Parse_OfWhatIsNoType_SaysSo(string name) => Should.Throw<FormatException>(() => AbiType.Parse(name));

    [Fact]
    public void Encode_OfANumberThatDoesNotFit_SaysWhich()
    {
        Should.Throw<OverflowException>(() => Abi.Encode([AbiType.Parse("uint8")], [new BigInteger(256)])).Message.ShouldBe("uint8 cannot hold 256.");
        Should.Throw<OverflowException>(() => Abi.Encode([AbiType.Parse("int8")], [new BigInteger(-129)]));
        Should.Throw<OverflowException>(() => Abi.Encode([Uint256Type], [BigInteger.MinusOne]));
        Abi.Decode([AbiType.Parse("int8")], Abi.Encode([AbiType.Parse("int8")], [new BigInteger(-128)])).ShouldBe([new BigInteger(-128)]);
    }

    // The example of Solidity's documentation, "Contract ABI Specification", function sam(bytes,bool,uint256[]).
    [Fact]
    public void Encode_OfTheSpecificationsExample_EqualsIt()
    {
        var sam = ContractAbi.Parse("""[{"type": "function", "name": "sam", "inputs": [{"type": "bytes"}, {"type": "bool"}, {"type": "uint256[]"}], "outputs": []}]""").Function("sam");
        Hex.Of(sam.Encode("dave"u8.ToArray(), true, new object[] { BigInteger.One, new BigInteger(2), new BigInteger(3) })).ShouldBe(
            "0xa5643bf2" + W("60") + W("1") + W("a0") + W("4") + "64617665".PadRight(64, '0') + W("3") + W("1") + W("2") + W("3"));
        static string W(string hex) => hex.PadLeft(64, '0');
    }

    [Fact]
    public void Event_OfATransfer_IsReadFromTopicsAndData()
    {
        var transfer = ContractAbi.Parse("""
            [{"type": "event", "name": "Transfer", "inputs": [{"name": "from", "type": "address", "indexed": true}, {"name": "to", "type": "address", "indexed": true}, {"name": "value", "type": "uint256"}]}]
            """).Event("Transfer");
        var (from, to) = (Address.Parse("0x7E5F4552091A69125d5DfCb7b8C2659029395Bdf"), Address.Parse("0xb1ddec8a4f516e4cb64928646382f49ad4ef2aa8"));
        // The topic of every ERC-20's transfers, as any block explorer shows it.
        transfer.Topic.ToString().ShouldBe("0xddf252ad1be2c89b69c2b068fc378daa952ba7f163c4a11628f55a4df523b3ef");
        var log = new Log(default, [transfer.Topic, AbiEvent.TopicOf(from), AbiEvent.TopicOf(to)], Hash32.Of(5).ToBytes(), 1, default, default, 0, 0);
        transfer.Decode(log).ShouldBe([from, to, new BigInteger(5)]);
        Should.Throw<FormatException>(() => transfer.Decode(log with { Topics = [transfer.Topic] }));
    }

    [Fact]
    public void ContractAbi_OfAnyText_ThrowsNothingButFormatException() => Gen.String.Sample(text => OrFormatException(() => ContractAbi.Parse(text)));

    [Theory]
    [InlineData("{}")]
    [InlineData("[1]")]
    [InlineData("[{}]")]
    [InlineData("{\"abi\": 1}")]
    [InlineData("[{\"type\": 1}]")]
    [InlineData("[{\"type\": \"function\", \"name\": \"f\", \"inputs\": [{}]}]")]
    [InlineData("[{\"type\": \"function\", \"name\": \"f\", \"inputs\": [{\"type\": \"tuple\", \"components\": 3}]}]")]
    [InlineData("[{\"type\": \"event\", \"name\": \"f\", \"inputs\": 3}]")]
    public void ContractAbi_OfWhatIsNone_SaysSo(string json) => Should.Throw<FormatException>(() => ContractAbi.Parse(json));

    internal static void OrFormatException(Action action)
    {
        try
        {
            action();
        }
        catch (FormatException)
        {
            // As promised.
        }
    }
}
