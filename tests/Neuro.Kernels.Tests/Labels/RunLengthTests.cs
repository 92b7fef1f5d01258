using CsCheck;
using Neuro.Kernels.Labels;

namespace Neuro.Kernels.Tests.Labels;

public sealed class RunLengthTests
{
    private static readonly Gen<(int Width, int Height, bool[] Mask)> AnyMask =
        from width in Gen.Int[1, 24]
        from height in Gen.Int[1, 24]
        from density in Gen.Int[0, 10]
        from mask in Gen.Int[0, 9].Select(value => value < density).Array[width * height]
        select (width, height, mask);

    [Fact]
    public void Decode_OfEncode_IsIdentity() =>
        AnyMask.Sample(any => RunLength.Encode(any.Width, any.Height, any.Mask).Decode().SequenceEqual(any.Mask));

    [Fact]
    public void FromCompressed_OfToCompressed_IsIdentity() =>
        AnyMask.Sample(any =>
        {
            var mask = RunLength.Encode(any.Width, any.Height, any.Mask);
            return RunLength.FromCompressed(any.Width, any.Height, mask.ToCompressed()).Equals(mask);
        });

    [Fact]
    public void FromCompressed_LongRuns_AreKeptWithTheirSigns() =>
        Gen.Int[1, 4_000_000].Array[1, 7].Sample(counts =>
        {
            // One column as high as all runs together.
            var mask = RunLength.FromCounts(1, counts.Sum(), counts);
            return RunLength.FromCompressed(1, counts.Sum(), mask.ToCompressed()).Counts.SequenceEqual(counts);
        });

    [Fact]
    public void AreaAndBox_AreThoseOfThePixels() =>
        AnyMask.Sample(any =>
        {
            var mask = RunLength.Encode(any.Width, any.Height, any.Mask);
            var on = Enumerable.Range(0, any.Mask.Length).Where(at => any.Mask[at]).Select(at => (X: at % any.Width, Y: at / any.Width)).ToList();
            var box = on.Count == 0
                ? default
                : new BoundingBox(on.Min(p => p.X), on.Min(p => p.Y), on.Max(p => p.X) - on.Min(p => p.X) + 1, on.Max(p => p.Y) - on.Min(p => p.Y) + 1);
            return mask.Area == on.Count && mask.Box == box;
        });

    // Worked by hand from the format: groups of five bits from the low end, 32 marks that more follow, plus 48.
    [Theory]
    [InlineData("5", 5)]
    [InlineData("`0", 16)]
    [InlineData("X1", 40)]
    [InlineData("2350", 2, 3, 5, 3)]
    public void ToCompressed_SmallCounts_AreAsTheFormatSays(string text, params int[] counts) =>
        RunLength.FromCounts(1, counts.Sum(), counts).ToCompressed().ShouldBe(text);

    [Theory]
    [InlineData("")]
    [InlineData("X")]
    [InlineData("~")]
    [InlineData("oooooooooo")]
    [InlineData("5")]
    public void FromCompressed_DamagedText_IsRefused(string text) =>
        Should.Throw<ArgumentException>(() => RunLength.FromCompressed(4, 4, text));

    [Theory]
    [InlineData(new[] { 4, -1, 13 })]
    [InlineData(new[] { 4, 0, 12 })]
    [InlineData(new[] { 4, 4 })]
    public void FromCounts_RunsThatDoNotFillTheMask_AreRefused(int[] counts) =>
        Should.Throw<ArgumentException>(() => RunLength.FromCounts(4, 4, counts));
}
