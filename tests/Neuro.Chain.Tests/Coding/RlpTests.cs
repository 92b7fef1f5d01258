using CsCheck;
using Neuro.Chain.Coding;

namespace Neuro.Chain.Tests.Coding;

public sealed class RlpTests
{
    [Fact]
    public void Decode_OfEncode_IsIdentity() => Generate.Rlp.Sample(item => Hex.Of(Rlp.Decode(item.Encode()).Encode()).ShouldBe(Hex.Of(item.Encode())));

    [Fact]
    public void Encode_OfDecode_IsIdentity() => Gen.Byte.Array[1, 80].Sample(bytes =>
        AbiTests.OrFormatException(() => Rlp.Decode(bytes).Encode().ShouldBe(bytes)));

    // Examples of the Ethereum wiki's page on RLP.
    [Theory]
    [InlineData("0x83646f67", "dog")]
    [InlineData("0x80", "")]
    [InlineData("0xb8384c6f72656d20697073756d20646f6c6f722073697420616d65742c20636f6e7365637465747572206164697069736963696e6720656c6974", "Lorem ipsum dolor sit amet, consectetur adipisicing elit")]
    public void Encode_OfText_EqualsTheSpecification(string hex, string text) => Hex.Of(Rlp.Of(System.Text.Encoding.ASCII.GetBytes(text)).Encode()).ShouldBe(hex);

    [Fact]
    public void Encode_OfLists_EqualsTheSpecification()
    {
        Hex.Of(Rlp.Of(Rlp.Of("cat"u8.ToArray()), Rlp.Of("dog"u8.ToArray())).Encode()).ShouldBe("0xc88363617483646f67");
        Hex.Of(Rlp.Of(Rlp.Of(), Rlp.Of(Rlp.Of()), Rlp.Of(Rlp.Of(), Rlp.Of(Rlp.Of()))).Encode()).ShouldBe("0xc7c0c1c0c3c0c1c0");
        Hex.Of(Rlp.Of(1024).Encode()).ShouldBe("0x820400");
    }

    [Theory]
    [InlineData("0x", "cut off")]
    [InlineData("0x8100", "below 0x80")]
    [InlineData("0x83646f", "cut off")]
    [InlineData("0xb80161", "form for long ones")]
    [InlineData("0xb90000", "leading zero")]
    [InlineData("0xbfffffffffffffffff", "over four bytes")]
    [InlineData("0xbb7fffffff00", "cut off")]
    [InlineData("0x8080", "left over")]
    [InlineData("0xd1d0cfcecdcccbcac9c8c7c6c5c4c3c2c1c0", "nested")]
    public void Decode_OfWhatIsNotCanonical_SaysWhy(string hex, string why) => Should.Throw<FormatException>(() => Rlp.Decode(Hex.Bytes(hex))).Message.ShouldContain(why);

    [Fact]
    public void AsNumber_WithALeadingZero_IsRefused() => Should.Throw<FormatException>(() => Rlp.Decode(Hex.Bytes("0x820001")).AsNumber());
}
