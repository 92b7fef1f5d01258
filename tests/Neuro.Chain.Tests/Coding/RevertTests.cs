using System.Numerics;
using CsCheck;
using Neuro.Chain.Coding;
using Neuro.Chain.Values;

namespace Neuro.Chain.Tests.Coding;

public sealed class RevertTests
{
    private static readonly ContractAbi Token = ContractAbi.Parse("""
        [{"type": "error", "name": "ERC20InsufficientBalance", "inputs": [{"name": "sender", "type": "address"}, {"name": "balance", "type": "uint256"}, {"name": "needed", "type": "uint256"}]}]
        """);

    [Fact]
    public void Decode_OfAReason_IsItsText() => Revert.Decode(Call("Error(string)", [AbiType.Parse("string")], ["too late"])).ToString().ShouldBe("too late");

    [Fact]
    public void Decode_OfAPanic_SaysWhichOne()
    {
        Revert.Decode(Call("Panic(uint256)", [AbiType.Parse("uint256")], [new BigInteger(0x11)])).ToString().ShouldBe("arithmetic overflow");
        Revert.Decode(Call("Panic(uint256)", [AbiType.Parse("uint256")], [Uint256.Max])).ToString().ShouldStartWith("panic 0xfff");
    }

    [Fact]
    public void Decode_OfACustomError_NamesItsArguments()
    {
        var data = Token.Errors[0].Encode(Address.Zero, BigInteger.Zero, new BigInteger(5));
        Revert.Decode(data, Token.Errors).ToString().ShouldBe("ERC20InsufficientBalance(sender: 0x0000000000000000000000000000000000000000, balance: 0, needed: 5)");
        Revert.Decode(data).ToString().ShouldStartWith("unknown error(data: 0xe450d38c");
    }

    [Fact]
    public void Decode_OfNothing_SaysThatNoReasonIsGiven() => Revert.Decode([]).ToString().ShouldBe("no reason given");

    [Fact]
    public void Decode_OfAnyBytes_ThrowsNothingAndIsOneShortLine() => Gen.Select(Gen.Bool, Gen.Byte.Array[0, 2000]).Sample((known, bytes) =>
    {
        byte[] data = known ? [.. Keccak.Of("Error(string)").ToBytes()[..4], .. bytes] : bytes;
        var text = Revert.Decode(data, Token.Errors).ToString();
        text.Length.ShouldBeLessThan(400);
        text.ShouldNotContain("\n");
    });

    private static byte[] Call(string signature, AbiType[] types, object[] values) => [.. Keccak.Of(signature).ToBytes()[..4], .. Abi.Encode(types, values)];
}
