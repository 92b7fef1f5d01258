using CsCheck;
using Neuro.Learning.Detection;
using Neuro.Learning.Runtime;
using TorchSharp;
using static TorchSharp.torch;

namespace Neuro.Learning.Tests.Detection;

public sealed class BoxCodingTests
{
    public BoxCodingTests() => TorchRuntime.Load();

    [Fact]
    public void Decode_OfEncode_IsTheBox() =>
        Gen.Select(RandomBoxes.One, RandomBoxes.One, Gen.Bool).Sample(
            (box, anchor, tenths) =>
            {
                using var scope = NewDisposeScope();
                var variances = tenths ? BoxCoding.Variances.Tenths : BoxCoding.Variances.Ones;
                var (boxes, anchors) = (tensor(box, [1, 4]), tensor(anchor, [1, 4]));

                var decoded = BoxCoding.Decode(BoxCoding.Encode(boxes, anchors, variances), anchors, variances).data<float>().ToArray();

                for (var side = 0; side < 4; side++)
                {
                    decoded[side].ShouldBe(box[side], 1e-2f);
                }
            },
            threads: 1);

    [Fact]
    public void Encode_OneBox_IsItsDefinition()
    {
        using var scope = NewDisposeScope();

        // Centres (30, 40) and (20, 30), sizes (20, 40) and (10, 20).
        var codes = BoxCoding.Encode(tensor(new float[] { 20, 20, 40, 60 }, [1, 4]), tensor(new float[] { 15, 20, 25, 40 }, [1, 4]),
            BoxCoding.Variances.Tenths).data<float>().ToArray();

        codes[0].ShouldBe(10 / 10f / 0.1f, 1e-4f);
        codes[1].ShouldBe(10 / 20f / 0.1f, 1e-4f);
        codes[2].ShouldBe(MathF.Log(2) / 0.2f, 1e-4f);
        codes[3].ShouldBe(MathF.Log(2) / 0.2f, 1e-4f);
    }

    [Fact]
    public void Decode_HugeCode_IsHeld()
    {
        using var scope = NewDisposeScope();

        var box = BoxCoding.Decode(tensor(new float[] { 0, 0, 1e6f, 0 }, [1, 4]), tensor(new float[] { 0, 0, 16, 16 }, [1, 4]),
            BoxCoding.Variances.Ones).data<float>().ToArray();

        (box[2] - box[0]).ShouldBe(1000, 0.01f);
        (box[3] - box[1]).ShouldBe(16, 0.01f);
    }

    [Fact]
    public void DecodeDistances_OfEncodeDistances_IsTheBox()
    {
        using var scope = NewDisposeScope();
        var (points, boxes) = (tensor(new float[] { 12, 30, 5, 5 }, [2, 2]), tensor(new float[] { 10, 20, 50, 60, 8, 0, 9, 4 }, [2, 4]));

        var distances = BoxCoding.EncodeDistances(boxes, points);

        distances.data<float>().ToArray().ShouldBe([2, 10, 38, 30, -3, 5, 4, -1]);
        BoxCoding.DecodeDistances(distances, points).data<float>().ToArray().ShouldBe([10, 20, 50, 60, 8, 0, 9, 4]);
    }

    [Fact]
    public void Gradients_AreFiniteDifferences()
    {
        double[] anchors = [10, 20, 50, 60, 0, 0, 10, 30];
        Tensor Anchors() => tensor(anchors, [2, 4], dtype: ScalarType.Float64);
        Gradients.ShouldBeFiniteDifferences(codes => BoxCoding.Decode(codes, Anchors(), BoxCoding.Variances.Tenths), [0.3, -1, 0.5, 2, 0.1, 0.2, -3, 1], [2, 4]);
        Gradients.ShouldBeFiniteDifferences(boxes => BoxCoding.Encode(boxes, Anchors(), BoxCoding.Variances.Ones), [30, 10, 70, 50, 20, 20, 25, 25], [2, 4]);
        Gradients.ShouldBeFiniteDifferences(boxes => BoxCoding.DecodeDistances(boxes, tensor(new double[] { 4, 5, 6, 7 }, [2, 2])), [1, 2, 3, 4, 5, 6, 7, 8], [2, 4]);
    }

    [Fact]
    public void Decode_AnchorsOfAnotherNumber_AreRefused()
    {
        using var scope = NewDisposeScope();

        Should.Throw<ArgumentException>(() => BoxCoding.Decode(zeros(3, 4), zeros(2, 4), BoxCoding.Variances.Ones)).Message.ShouldContain("[2, 4]");
        Should.Throw<ArgumentException>(() => BoxCoding.EncodeDistances(zeros(3, 4), zeros(2, 2))).Message.ShouldContain("expected [2, 4]");
    }
}
