using CsCheck;
using Neuro.Kernels.Artwork;

namespace Neuro.Kernels.Tests.Artwork;

public sealed class ScatterTests
{
    [Fact]
    public void Next_AnySeed_IsWhatDotNet10Gives() =>
        Gen.OneOf(Gen.Int, Gen.Const(0), Gen.Const(int.MinValue), Gen.Const(int.MaxValue), Gen.Int[0, 100]).Sample(seed =>
        {
            var (ours, theirs) = (new Scatter(seed), new Random(seed));
            return Enumerable.Range(0, 200).All(i => i % 3 == 0 ? ours.Next(1 + i) == theirs.Next(1 + i) : ours.NextSingle() == theirs.NextSingle());
        });
}
