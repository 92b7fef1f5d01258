using CsCheck;
using Neuro.Learning.Detection;
using Neuro.Learning.Runtime;
using TorchSharp;
using static TorchSharp.torch;

namespace Neuro.Learning.Tests.Detection;

public sealed class RoiAlignTests
{
    private const int Channels = 2;
    private const int Height = 5;
    private const int Width = 6;

    private static readonly float[] TwoBoxes = [3, 2, 17.5f, 15, -2, 10, 9, 21];

    public RoiAlignTests() => TorchRuntime.Load();

    /// <summary>As torchvision 0.14's roi_align(aligned=True) says, in double precision.</summary>
    [Fact]
    public void Pool_TwoBoxes_IsAsElsewhere()
    {
        using var scope = NewDisposeScope();
        var features = (arange(Channels * Height * Width, dtype: ScalarType.Float64).pow(2) * 0.37).remainder(7).reshape(1, Channels, Height, Width);

        Numbers(RoiAlign.Pool(features, TwoBoxes, [0, 0], 0.25, 2)).ShouldBe(
            [3.120883789, 2.819731445, 3.124824219, 3.708964844, 3.115830078, 2.687675781, 4.12921875, 2.605644531, 2.03828125, 2.257226562, 2.76578125, 1.510361328,
                4.189990234, 4.802148437, 1.634775391, 5.289414062], 1e-8);
        Numbers(RoiAlign.Pool(features, TwoBoxes, [0, 0], 0.25, 1, 0)).ShouldBe(SizeOne, 1e-8);
    }

    [Fact]
    public void Pool_RandomBoxes_IsTheMeanOfBilinearSamples() =>
        Gen.Select(Gen.Float[-6, 30], Gen.Float[-6, 30], Gen.Float[0, 30], Gen.Float[0, 30], Gen.Int[1, 3], Gen.Int[0, 3]).Sample(
            (x, y, w, h, size, samples) =>
            {
                using var scope = NewDisposeScope();
                var features = Random(2);
                var values = Numbers(features);

                var pooled = Numbers(RoiAlign.Pool(features, [x, y, x + w, y + h], [1], 0.25, size, samples));

                for (var at = 0; at < pooled.Length; at++)
                {
                    var (channel, row, column) = (at / size / size, at / size % size, at % size);
                    pooled[at].ShouldBe(Cell(values.AsSpan((Channels + channel) * Height * Width, Height * Width), x, y, x + w, y + h, size, samples, row, column), 1e-9);
                }
            },
            threads: 1, iter: 300);

    [Fact]
    public void Pool_GradientOfFeatures_IsFiniteDifferences()
    {
        using var scope = NewDisposeScope();

        Gradients.ShouldBeFiniteDifferences(features =>
            RoiAlign.Pool(features, [.. TwoBoxes, 0, 0, 24, 20], [0, 1, 1], 0.25, 3, 2), Numbers(Random(2)), [2, Channels, Height, Width]);
    }

    [Fact]
    public void Pool_ConstantFeatures_IsThatConstantInsideThePicture() =>
        Gen.Select(Gen.Float[2, 10], Gen.Float[2, 10], Gen.Float[0, 10], Gen.Float[0, 8]).Sample(
            (x, y, w, h) =>
            {
                using var scope = NewDisposeScope();
                Numbers(RoiAlign.Pool(full([1, 1, Height, Width], 2.5, dtype: ScalarType.Float64), [x, y, x + w, y + h], [0], 0.25, 2))
                    .ShouldAllBe(value => Math.Abs(value - 2.5) < 1e-9);
            },
            threads: 1);

    [Fact]
    public void Pool_NoBoxes_IsEmpty()
    {
        using var scope = NewDisposeScope();

        RoiAlign.Pool(Random(1), [], [], 0.25, 7).shape.ShouldBe([0, Channels, 7, 7]);
    }

    [Fact]
    public void Pool_WhatCannotBeRead_IsRefused()
    {
        using var scope = NewDisposeScope();
        var features = Random(1);

        Should.Throw<ArgumentException>(() => RoiAlign.Pool(features, [0, 0, 1, 1], [1], 1, 2)).Message.ShouldContain("image 1");
        Should.Throw<ArgumentException>(() => RoiAlign.Pool(features, [0, 0, 1], [0], 1, 2));
        Should.Throw<ArgumentException>(() => RoiAlign.Pool(features.reshape(-1), [], [], 1, 2));
        Should.Throw<ArgumentException>(() => RoiAlign.Pool(features, [0, 0, float.NaN, 1], [0], 1, 2));
        Should.Throw<ArgumentException>(() => RoiAlign.Pool(features, [0, 0, 1e9f, 1], [0], 1, 2, 0)).Message.ShouldContain("clip");
        Should.Throw<ArgumentException>(() => RoiAlign.Pool(features, [5, 0, 1, 1], [0], 1, 2));
    }

    /// <summary>Lin et al. 2017: a box of 224² pixels is read from level 4, one of half that side from level 3.</summary>
    [Theory]
    [InlineData(224, 4)]
    [InlineData(448, 5)]
    [InlineData(112, 3)]
    [InlineData(111, 2)]
    [InlineData(1, 2)]
    [InlineData(5000, 5)]
    public void Level_OfASquare_IsAsPublished(float side, int level) => RoiAlign.Level([10, 10, 10 + side, 10 + side], 2, 5).ShouldBe(level);

    private static Tensor Random(int images) =>
        (arange(images * Channels * Height * Width, dtype: ScalarType.Float64) * 1.7).sin().reshape(images, Channels, Height, Width);

    private static double Cell(ReadOnlySpan<double> plane, double left, double top, double right, double bottom, int size, int samples, int row, int column)
    {
        var (x, y) = (left * 0.25 - 0.5, top * 0.25 - 0.5);
        var (w, h) = ((right - left) * 0.25 / size, (bottom - top) * 0.25 / size);
        var across = samples > 0 ? samples : Math.Max(1, (int)Math.Ceiling(w));
        var down = samples > 0 ? samples : Math.Max(1, (int)Math.Ceiling(h));
        var sum = 0.0;
        for (var i = 0; i < down; i++)
        {
            for (var j = 0; j < across; j++)
            {
                sum += Bilinear(plane, x + (column + (j + 0.5) / across) * w, y + (row + (i + 0.5) / down) * h);
            }
        }

        return sum / (across * down);
    }

    private static double Bilinear(ReadOnlySpan<double> plane, double x, double y)
    {
        if (x < -1 || x > Width || y < -1 || y > Height)
        {
            return 0;
        }

        (x, y) = (Math.Clamp(x, 0, Width - 1), Math.Clamp(y, 0, Height - 1));
        var (x0, y0) = ((int)x, (int)y);
        var (x1, y1) = (Math.Min(x0 + 1, Width - 1), Math.Min(y0 + 1, Height - 1));
        return (1 - (y - y0)) * ((1 - (x - x0)) * plane[y0 * Width + x0] + (x - x0) * plane[y0 * Width + x1])
            + (y - y0) * ((1 - (x - x0)) * plane[y1 * Width + x0] + (x - x0) * plane[y1 * Width + x1]);
    }

    private static double[] Numbers(Tensor values) => values.contiguous().data<double>().ToArray();

    private static readonly double[] SizeOne = [3.193601074, 3.134592285, 2.214259259, 3.977067901];
}
