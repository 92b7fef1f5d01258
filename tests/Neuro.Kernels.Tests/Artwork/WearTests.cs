using CsCheck;
using Neuro.Kernels.Artwork;

namespace Neuro.Kernels.Tests.Artwork;

public sealed class WearTests
{
    [Fact]
    public void Overlay_SameLook_IsTheSameAndAnotherIsAnother()
    {
        Wear.Overlay(64, 9).ShouldBe(Wear.Overlay(64, 9));
        Wear.Overlay(64, 9).ShouldNotBe(Wear.Overlay(64, 10));
    }

    [Fact]
    public void Overlay_AnyLook_LeavesMostOfThePrint() =>
        Gen.Select(Gen.ULong, Gen.Int[48, 256]).Sample((look, size) => Worn(size, look) < 0.2);

    [Fact]
    public void Overlay_ManyLooks_AreWornToVaryingDegrees()
    {
        var worn = Enumerable.Range(0, 200).Select(look => Worn(128, (ulong)look)).Order().ToList();

        worn[20].ShouldBeLessThan(0.01);
        worn[180].ShouldBeGreaterThan(0.02);
    }

    [Fact]
    public void Overlay_ManyLooks_WearTheRimMostOfAll()
    {
        const int Size = 64;
        var rim = new List<double>();
        var middle = new List<double>();
        for (var look = 0UL; look < 50; look++)
        {
            var overlay = Wear.Overlay(Size, look);
            for (var at = 0; at < overlay.Length; at++)
            {
                var inside = Math.Min(Math.Min(at % Size, Size - 1 - (at % Size)), Math.Min(at / Size, Size - 1 - (at / Size)));
                (inside == 0 ? rim : middle).Add(overlay[at] >> 24);
            }
        }

        rim.Average().ShouldBeGreaterThan(5 * middle.Average());
    }

    [Theory]
    [InlineData(15)]
    [InlineData(1025)]
    public void Overlay_NoSize_IsRefused(int size) =>
        Should.Throw<ArgumentOutOfRangeException>(() => Wear.Overlay(size, 1)).Message.ShouldContain("16 to 1024");

    /// <summary>Share of the print that is replaced.</summary>
    private static double Worn(int size, ulong look) => Wear.Overlay(size, look).Average(texel => (texel >> 24) / 255.0);
}
