using System.Numerics;
using CsCheck;
using Neuro.Kernels.Formats;
using Neuro.Kernels.Labels;
using Neuro.Kernels.Tests.Catalogues;

namespace Neuro.Kernels.Tests.Formats;

public sealed class LabelAuditTests
{
    public static TheoryData<string> Lies => [.. Lie.Keys];

    private static readonly Dictionary<string, Func<Instance, Instance>> Lie = new()
    {
        ["box"] = one => one with { Box = one.Box with { Width = one.Box.Width - 1 } },
        ["area"] = one => one with { Area = one.Area - 1 },
        ["mask"] = one => one with { Mask = Shifted(one.Mask) },
        ["mask of nothing"] = one => one with { Mask = RunLength.FromCounts(96, 72, 96 * 72) },
        ["unoccluded area"] = one => one with { UnoccludedArea = one.UnoccludedArea + 1 },
        ["amodal box"] = one => one with { AmodalBox = one.AmodalBox with { Height = one.AmodalBox.Height - 1 } },
        ["amodal mask without a visible pixel"] = Bitten,
        ["corner inside said to be outside"] = one => WithCorner(one, new Keypoint(5, 5, 0)),
        ["corner outside said to be inside"] = one => WithCorner(one, new Keypoint(-1, 5, 1)),
        ["corner behind the camera said to be inside"] = one => WithCorner(one, new Keypoint(5, 5, 2)) with { Pose = one.Pose with { Translation = new Vector3(0, 0, -3) } },
        ["id of another"] = one => one with { Id = 60_000 },
    };

    [Fact]
    public void Check_TrueLabels_FindsNothing() =>
        Gen.Int[0, 1_000_000].Sample(seed =>
        {
            var (frame, labels) = Sample.Of(seed, 50, 40, 10);
            return EncodedImage.Encode(frame, labels, 90, []).Audit == new Audit(labels.Instances.Count, 0);
        }, iter: 50);

    [Theory]
    [MemberData(nameof(Lies))]
    public void Check_OneLie_IsFoundAndFailsTheWrite(string lie)
    {
        var image = Sample.Encoded(7);
        var victim = image.Labels.Instances.First(one => one.Area > 20 && one.Box is { Width: > 2, Height: > 2 } && one.AmodalBox.Height > 2);
        var labels = image.Labels with { Instances = [.. image.Labels.Instances.Select(one => one == victim ? Lie[lie](one) : one)] };

        var audit = LabelAudit.Check(image.IdsPng, labels, "image 0");

        audit.Mismatches.ShouldBeGreaterThan(0);
        using var folder = new TemporaryFolder();
        using var writer = new ShardWriter(folder.File("a.tar"), new ShardContent("hash", 1, 0, 1, Sample.Classes));
        var error = Should.Throw<ShardException>(() => writer.Append(image with { Labels = labels, Audit = audit }));
        error.Code.ShouldBe("shard.audit_failed");
    }

    [Fact]
    public void Check_MissingOrDoubleOrForeignLabels_AreFound()
    {
        var image = Sample.Encoded(7);
        var all = image.Labels.Instances;

        LabelAudit.Check(image.IdsPng, image.Labels with { Instances = [.. all.Skip(1)] }, "a").Mismatches.ShouldBe(1);
        LabelAudit.Check(image.IdsPng, image.Labels with { Instances = [.. all, all[0]] }, "a").Mismatches.ShouldBe(1);
        LabelAudit.Check(image.IdsPng, image.Labels with { Width = 95 }, "a").Mismatches.ShouldBe(all.Count);
    }

    [Fact]
    public void Append_ClassBeyondTheCatalogue_FailsTheWrite()
    {
        var image = Sample.Encoded(7);
        using var folder = new TemporaryFolder();
        using var writer = new ShardWriter(folder.File("a.tar"), new ShardContent("hash", 1, 0, 1, ["only one"]));

        Should.Throw<ShardException>(() => writer.Append(image)).Code.ShouldBe("shard.audit_failed");
    }

    [Fact]
    public void SharedArea_OfRandomMasks_IsThatOfTheirPixels() =>
        Gen.Select(Gen.Int[1, 12], Gen.Int[1, 12]).SelectMany((width, height) => Gen.Select(Gen.Bool.Array[width * height], Gen.Bool.Array[width * height]).Select((a, b) => (width, height, a, b)))
            .Sample(any => MaskAlgebra.SharedArea(RunLength.Encode(any.width, any.height, any.a), RunLength.Encode(any.width, any.height, any.b))
                == any.a.Zip(any.b, (a, b) => a && b).Count(both => both));

    [Fact]
    public void Contains_UnionOfMasks_ContainsBoth() =>
        Gen.Select(Gen.Bool.Array[60], Gen.Bool.Array[60]).Sample((a, b) =>
        {
            var union = RunLength.Encode(10, 6, [.. a.Zip(b, (x, y) => x || y)]);
            return MaskAlgebra.Contains(union, RunLength.Encode(10, 6, a)) && MaskAlgebra.Contains(union, RunLength.Encode(10, 6, b));
        });

    private static Instance WithCorner(Instance one, Keypoint point) => one with { Corners = [point, .. one.Corners.Skip(1)] };

    private static RunLength Shifted(RunLength mask)
    {
        var pixels = mask.Decode();
        var (on, off) = (Array.IndexOf(pixels, true), Array.IndexOf(pixels, false));
        (pixels[on], pixels[off]) = (false, true);
        return RunLength.Encode(mask.Width, mask.Height, pixels);
    }

    private static Instance Bitten(Instance one)
    {
        var pixels = one.AmodalMask.Decode();
        pixels[Array.IndexOf(one.Mask.Decode(), true)] = false;
        var bitten = RunLength.Encode(96, 72, pixels);
        return one with { AmodalMask = bitten, AmodalBox = bitten.Box, UnoccludedArea = bitten.Area };
    }
}
