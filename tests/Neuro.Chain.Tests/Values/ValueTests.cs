using System.Numerics;
using CsCheck;
using Neuro.Chain.Coding;
using Neuro.Chain.Tests.Coding;
using Neuro.Chain.Values;
using Neuro.Client.Tokens;

namespace Neuro.Chain.Tests.Values;

public sealed class ValueTests
{
    // Examples of EIP-55.
    [Theory]
    [InlineData("0x52908400098527886E0F7030069857D2E4169EE7")]
    [InlineData("0xde709f2102306220921060314715629080e2fb77")]
    [InlineData("0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed")]
    [InlineData("0xfB6916095ca1df60bB79Ce92cE3Ea74c37c5d359")]
    public void Address_OfTheExamples_PrintsTheirChecksum(string text)
    {
        Address.Parse(text).ToString().ShouldBe(text);
        Address.Parse(text.ToLowerInvariant()).ToString().ShouldBe(text);
    }

    [Theory]
    [InlineData("0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAeD", "checksum")]
    [InlineData("0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeA", "40 hex digits")]
    [InlineData("5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed", "40 hex digits")]
    [InlineData("0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAeg", "40 hex digits")]
    [InlineData("", "40 hex digits")]
    public void Address_OfAnythingElse_IsRefused(string text, string why) => Should.Throw<FormatException>(() => Address.Parse(text)).Message.ShouldContain(why);

    [Fact]
    public void Address_ParseOfToString_IsIdentity() => Generate.Address.Sample(address => Address.Parse(address.ToString()).ShouldBe(address));

    [Fact]
    public void Hash32_ParseOfToString_IsIdentity() => Generate.Hash.Sample(hash =>
    {
        Hash32.Parse(hash.ToString()).ShouldBe(hash);
        Hash32.Of(hash.ToNumber()).ShouldBe(hash);
    });

    [Fact]
    public void BaseUnits_ToNtk_IsExactWithItsDust() => Gen.Select(Gen.Long[0, Ntk.Supply.Nano], Gen.Int[0, 999_999_999]).Sample((nano, dust) =>
    {
        var amount = new Ntk(nano);
        BaseUnits.ToNtk(BaseUnits.Of(amount) + dust).ShouldBe((amount, new BigInteger(dust)));
    });

    [Fact]
    public void BaseUnits_OfTheSupply_AreTheContracts() => BaseUnits.Of(Ntk.Supply).ShouldBe(BigInteger.Pow(10, 27));

    [Fact]
    public void BaseUnits_OutOfRange_AreRefused()
    {
        Should.Throw<OverflowException>(() => BaseUnits.Of(new Ntk(-1)));
        Should.Throw<OverflowException>(() => BaseUnits.ToNtk(-1));
        Should.Throw<OverflowException>(() => BaseUnits.ToNtk(Uint256.Max)).Message.ShouldContain("more than the ledger can count");
        Should.Throw<OverflowException>(() => BaseUnits.ToNtk(Uint256.Max + 1)).Message.ShouldContain("2^256");
    }

    [Fact]
    public void Hex_NumberOfOf_IsIdentity() => Generate.Hash.Sample(hash => Hex.Number(Hex.Of(hash.ToNumber())).ShouldBe(hash.ToNumber()));

    [Theory]
    [InlineData("0x")]
    [InlineData("12")]
    [InlineData("0x-1")]
    [InlineData("0xg")]
    public void Hex_OfWhatIsNoQuantity_IsRefused(string text) => Should.Throw<FormatException>(() => Hex.Number(text));

    [Fact]
    public void Keccak_OfNothing_IsNotSha3() => Keccak.Of("").ToString().ShouldBe("0xc5d2460186f7233c927e7db2dcc703c0e500b653ca82273b7bfad8045d85a470");
}
