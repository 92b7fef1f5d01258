using CsCheck;
using Neuro.Client.Api;
using Neuro.Learning.Detection;
using Neuro.Learning.Runtime;
using TorchSharp;
using static TorchSharp.torch;

namespace Neuro.Learning.Tests.Detection;

public sealed class DecodingTests
{
    private static readonly Decoding.Frame Frame = new(100, 80, 0.5f);
    private static readonly Suppression.Limits Limits = new() { Score = 0.3f };

    public DecodingTests() => TorchRuntime.Load();

    [Fact]
    public void Ssd_CodesOfBoxes_AreThoseBoxes() =>
        Gen.Select(RandomBoxes.One, RandomBoxes.One, Gen.Int[0, 2]).Where((box, _, _) => box[2] < 100 && box[3] < 80).Sample(
            (box, anchor, classId) =>
            {
                var logits = new float[4];
                logits[classId + 1] = 5;

                var found = Decoding.Ssd(Codes(box, anchor, BoxCoding.Variances.Tenths), logits, anchor, BoxCoding.Variances.Tenths, Frame,
                    Limits).ShouldHaveSingleItem();

                found.ClassId.ShouldBe(classId);
                found.Score.ShouldBe(Math.Exp(5) / (Math.Exp(5) + 3), 1e-5);
                ShouldBe(found.Box, box);
            },
            threads: 1);

    [Fact]
    public void Proposals_TwoAnchorsOnOneObject_AreOne()
    {
        float[] box = [10, 10, 40, 50];
        float[] anchors = [0, 0, 32, 32, 16, 16, 48, 48];
        float[] codes = [.. Codes(box, anchors[..4], BoxCoding.Variances.Ones), .. Codes(box, anchors[4..], BoxCoding.Variances.Ones)];

        var found = Decoding.Proposals(codes, [1, 2], anchors, Frame, Limits).ShouldHaveSingleItem();

        found.Score.ShouldBe(1 / (1 + Math.Exp(-2)), 1e-6);
        ShouldBe(found.Box, box);
    }

    [Fact]
    public void RoiHead_EachClass_HasItsOwnBox()
    {
        float[] proposal = [10, 10, 40, 50], first = [5, 5, 30, 30], second = [50, 20, 90, 70];
        float[] codes = [9, 9, 9, 9, .. Codes(first, proposal, BoxCoding.Variances.Tenths), .. Codes(second, proposal, BoxCoding.Variances.Tenths)];

        var found = Decoding.RoiHead(codes, [0, 3, 3.5f], proposal, Frame, Limits);

        found.Select(one => one.ClassId).ShouldBe([1, 0]);
        ShouldBe(found[0].Box, second);
        ShouldBe(found[1].Box, first);
    }

    [Fact]
    public void AnchorFree_Distances_AreTaken_AndEndAtTheRim()
    {
        var found = Decoding.AnchorFree([10, 10, 20, 20, 1, 2, 900, 900], [0, -9, -9, 4], [30, 40, 60, 50], Frame, Limits);

        found.Select(one => (one.ClassId, one.Box)).ShouldBe([(1, new Box(59, 48, 41, 32)), (0, new Box(20, 30, 30, 30))]);
    }

    [Fact]
    public void Ssd_HugeLogits_AreStillProbabilities() =>
        Decoding.Ssd(new float[4], [-1e4f, 1e4f], [10, 10, 20, 20], BoxCoding.Variances.Tenths, Frame, Limits).ShouldHaveSingleItem().Score.ShouldBe(1);

    [Fact]
    public void AnyHead_RandomNumbers_GivesBoundedBoxesInsideThePicture()
    {
        var hostile = Gen.OneOf(Gen.Float[-5, 5], Gen.Const(float.NaN), Gen.Const(float.PositiveInfinity), Gen.Const(float.NegativeInfinity), Gen.Const(1e30f));
        Gen.Select(hostile.Array[24], hostile.Array[12], RandomBoxes.Some(6, 6)).Sample((codes, logits, anchors) =>
        {
            var limits = new Suppression.Limits { Score = 0, Kept = 3 };
            IReadOnlyList<DetectedObject>[] all =
            [
                Decoding.Ssd(codes, logits, anchors, BoxCoding.Variances.Tenths, Frame, limits), Decoding.Proposals(codes, logits[..6], anchors, Frame, limits),
                Decoding.RoiHead(codes, logits[..6], anchors, Frame, limits), Decoding.AnchorFree(codes, logits, anchors[..12], Frame, limits),
            ];
            all.ShouldAllBe(found => found.Count <= 3);
            all.SelectMany(found => found)
                .ShouldAllBe(one => one.Score >= 0 && one.Score <= 1.0001 && one.Box.X >= 0 && one.Box.Y >= 0 && one.Box.Width >= 0.499 && one.Box.Height >= 0.499
                && one.Box.X + one.Box.Width <= 100.001 && one.Box.Y + one.Box.Height <= 80.001);
        });
    }

    [Fact]
    public void AnyHead_NoRows_FindsNothing()
    {
        Decoding.Ssd([], [], [], BoxCoding.Variances.Tenths, Frame, Limits).ShouldBeEmpty();
        Decoding.RoiHead([], [], [], Frame, Limits).ShouldBeEmpty();
    }

    [Fact]
    public void AnyHead_OutputsOfAnotherLength_AreRefused()
    {
        float[] anchors = new float[8];

        Should.Throw<NeuroException>(() =>
            Decoding.Ssd(new float[4], new float[6], anchors, BoxCoding.Variances.Tenths, Frame, Limits)).Code.ShouldBe("detection.output_mismatch");
        Should.Throw<NeuroException>(() =>
            Decoding.Ssd(new float[8], new float[5], anchors, BoxCoding.Variances.Tenths, Frame, Limits)).Message.ShouldContain("5 for classes");
        Should.Throw<NeuroException>(() => Decoding.Proposals(new float[8], new float[4], anchors, Frame, Limits));
        Should.Throw<NeuroException>(() => Decoding.RoiHead(new float[8], new float[6], anchors, Frame, Limits));
        Should.Throw<NeuroException>(() => Decoding.AnchorFree(new float[8], [], new float[4], Frame, Limits));
    }

    private static float[] Codes(float[] box, float[] anchor, BoxCoding.Variances variances)
    {
        using var scope = NewDisposeScope();
        return BoxCoding.Encode(tensor(box, [1, 4]), tensor(anchor, [1, 4]), variances).data<float>().ToArray();
    }

    private static void ShouldBe(Box box, float[] corners)
    {
        (box.X, box.Y).ShouldSatisfyAllConditions(at => at.X.ShouldBe(corners[0], 0.01), at => at.Y.ShouldBe(corners[1], 0.01));
        (box.X + box.Width).ShouldBe(corners[2], 0.01);
        (box.Y + box.Height).ShouldBe(corners[3], 0.01);
    }
}
