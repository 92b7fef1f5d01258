using CsCheck;
using Neuro.Kernels.Rendering;
using Neuro.Kernels.Scenes;

namespace Neuro.Kernels.Tests.Rendering;

public sealed class NumericsTests
{
    [Fact]
    public void Power_AnyValueAndExponent_IsNearTheTrueOne() =>
        Gen.Select(Gen.Float[1e-6f, 1], Gen.Float[0.2f, 6]).Sample((a, exponent) =>
            Math.Abs(Numerics<Packet1, Mask1>.Power(new Packet1(a), exponent).Lane - Math.Pow(a, exponent)) < 2e-4);

    [Theory]
    [InlineData(0f, 0f)]
    [InlineData(1f, 1f)]
    public void Power_Ends_AreExact(float a, float expected) => Numerics<Packet1, Mask1>.Power(new Packet1(a), 0.45f).Lane.ShouldBe(expected);

    [Fact]
    public void Turns_AnyPointAwayFromTheAxis_IsNearAtan2() =>
        Gen.Select(Gen.Float[-1, 1], Gen.Float[-1, 1]).Where(point => Math.Abs(point.Item1) + Math.Abs(point.Item2) > 1e-20f).Sample((y, x) =>
            Math.Abs(Numerics<Packet1, Mask1>.Turns(new Packet1(y), new Packet1(x)).Lane - (Math.Atan2(y, x) / (2 * Math.PI))) < 1e-5);

    [Fact]
    public void PortableMath_AnyArgument_IsNearTheRuntimes() =>
        Gen.Double[-20, 20].Sample(a =>
            Math.Abs(PortableMath.Cos(a) - Math.Cos(a)) < 1e-9
            && Math.Abs(PortableMath.Sin(a) - Math.Sin(a)) < 1e-9
            && Math.Abs((PortableMath.Exp(a) / Math.Exp(a)) - 1) < 1e-13
            && Math.Abs(PortableMath.Log(Math.Exp(a)) - a) < 1e-13);
}
