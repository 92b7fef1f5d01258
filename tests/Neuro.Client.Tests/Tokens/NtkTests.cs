using System.Text.Json;
using CsCheck;
using Neuro.Client.Tokens;

namespace Neuro.Client.Tests.Tokens;

public sealed class NtkTests
{
    private static readonly Gen<Ntk> Amount = Gen.Long[-Ntk.Supply.Nano, Ntk.Supply.Nano].Select(nano => new Ntk(nano));

    [Fact]
    public void Addition_IsCommutative() => Amount.Select(Amount).Sample((a, b) => a + b == b + a);

    [Fact]
    public void Addition_IsAssociative() => Amount.Select(Amount, Amount).Sample((a, b, c) => a + b + c == a + (b + c));

    [Fact]
    public void Addition_Zero_IsNeutralElement() => Amount.Sample(a => a + Ntk.Zero == a);

    [Fact]
    public void Subtraction_UndoesAddition() => Amount.Select(Amount).Sample((a, b) => a + b - b == a);

    [Fact]
    public void Addition_BeyondSixtyFourBits_Throws() => Should.Throw<OverflowException>(() => new Ntk(long.MaxValue) + new Ntk(1));

    [Fact]
    public void Parse_OfToString_IsIdentity() => Gen.Long.Select(nano => new Ntk(nano)).Sample(a => Ntk.Parse(a.ToString()) == a);

    [Fact]
    public void Json_OfAnyAmount_IsADecimalStringThatReadsBack() =>
        Gen.Long.Select(nano => new Ntk(nano)).Sample(a => JsonSerializer.Serialize(a) == $"\"{a}\"" && JsonSerializer.Deserialize<Ntk>(JsonSerializer.Serialize(a)) == a);

    [Theory]
    [InlineData("12.5", 12_500_000_000)]
    [InlineData("-0.000000001", -1)]
    [InlineData("0", 0)]
    [InlineData(" 007 ", 7_000_000_000)]
    [InlineData("9223372036.854775807", long.MaxValue)]
    [InlineData("-9223372036.854775808", long.MinValue)]
    public void Parse_Decimal_CountsNano(string text, long nano) => Ntk.Parse(text).Nano.ShouldBe(nano);

    [Theory]
    [InlineData("")]
    [InlineData("-")]
    [InlineData("1e9")]
    [InlineData("1,000")]
    [InlineData("1.")]
    [InlineData(".5")]
    [InlineData("--1")]
    [InlineData("٣")]
    public void Parse_NotAnAmount_SaysHowToWriteOne(string text) => Should.Throw<FormatException>(() => Ntk.Parse(text)).Message.ShouldContain("write it like 12 or 12.5");

    [Fact]
    public void Parse_TenDecimals_SaysWhichDigitIsTooMany() =>
        Should.Throw<FormatException>(() => Ntk.Parse("1.1234567891")).Message.ShouldBe("'1.1234567891' has 10 decimals; NTK has nine, so '1' is too many.");

    [Theory]
    [InlineData("9223372036.854775808")]
    [InlineData("99999999999999999999999999999999999999999999999999")]
    public void Parse_MoreThanFits_NamesTheSupply(string text) => Should.Throw<FormatException>(() => Ntk.Parse(text)).Message.ShouldContain("1000000000");

    [Fact]
    public void Parse_AMillionCharacters_AnswersInOneShortSentence() => Should.Throw<FormatException>(() => Ntk.Parse(new string('x', 1_000_000))).Message.Length.ShouldBeLessThan(200);

    [Fact]
    public void Json_Number_IsRefusedSinceReadersRoundIt() => Should.Throw<JsonException>(() => JsonSerializer.Deserialize<Ntk>("12.5"));

    [Fact]
    public void BasisPoints_NeverRoundsUpAndNeverOverflows() =>
        Gen.Long[0, Ntk.Supply.Nano].Select(Gen.Int[0, 10_000]).Sample((nano, rate) =>
        {
            var share = new Ntk(nano).BasisPoints(rate);
            return share.Nano <= nano && (Int128)share.Nano * 10_000 <= (Int128)nano * rate && (Int128)(share.Nano + 1) * 10_000 > (Int128)nano * rate;
        });

    [Fact]
    public void Times_AFraction_RoundsUpToTheNextNano() => new Ntk(10).Times(0.25m).ShouldBe(new Ntk(3));
}
