using System.Text;
using System.Text.Json.Nodes;
using CsCheck;
using Neuro.Kernels.Formats;
using Neuro.Kernels.Labels;

namespace Neuro.Kernels.Tests.Formats;

public sealed class LabelsJsonTests
{
    [Fact]
    public void Parse_OfWrite_IsIdentity() =>
        Gen.Int[0, 1_000_000].Sample(seed =>
        {
            var labels = Sample.Of(seed, 40, 30, 8, seed).Labels;
            return LabelsJson.Parse(LabelsJson.Write(labels), "any").Equals(labels);
        }, iter: 50);

    [Fact]
    public void Parse_OfWrite_KeepsEveryBitOfAnyNumber() =>
        Gen.Float.Where(float.IsFinite).Sample(number =>
        {
            var labels = Sample.Of(1).Labels;
            var odd = labels.Instances[0] with { Corners = [.. labels.Instances[0].Corners.Select(corner => corner with { X = number })] };
            var read = LabelsJson.Parse(LabelsJson.Write(labels with { Instances = [odd] }), "any").Instances[0];
            return BitConverter.SingleToInt32Bits(read.Corners[7].X) == BitConverter.SingleToInt32Bits(number);
        });

    [Fact]
    public void Write_AnImage_UsesCocosWords()
    {
        var labels = Sample.Of(3).Labels;
        var one = JsonNode.Parse(LabelsJson.Write(labels))!["instances"]![0]!;
        var instance = labels.Instances[0];

        one["bbox"]!.AsArray().Select(side => (int)side!).ShouldBe([instance.Box.X, instance.Box.Y, instance.Box.Width, instance.Box.Height]);
        ((int)one["area"]!).ShouldBe(instance.Area);
        RunLength.FromCompressed(96, 72, (string)one["segmentation"]!).ShouldBe(instance.Mask);
        one["keypoints"]!.AsArray().Count.ShouldBe(24);
    }

    [Theory]
    [InlineData("\"bbox\":[", "\"bbox\":[-1,0,1,1],\"x\":[", "instance 1")]
    [InlineData("\"truncation\":", "\"truncation\":NaN,\"x\":", "'N' is an invalid start of a value")]
    [InlineData("\"truncation\":", "\"truncation\":1e99,\"x\":", "where a number from 0 to 1 was expected")]
    [InlineData("\"width\":96", "\"width\":100000", "from 1 to 4096")]
    [InlineData("\"width\":96", "\"width\":95", "instance")]
    [InlineData("\"index\":0", "\"index\":0,\"index\":0", "where 'width' was expected")]
    [InlineData("\"priceTags\":", "\"unknown\":1,\"priceTags\":", "where 'priceTags' was expected")]
    [InlineData("\"visibility\":", "\"visibility\":0.0001,\"x\":", "instance 1")]
    [InlineData("\"rotation\":[", "\"rotation\":[0,0,0,0],\"x\":[", "a rotation of length 0")]
    public void Parse_WrongMember_NamesItAndTheInstance(string right, string wrong, string says)
    {
        var json = Encoding.UTF8.GetString(LabelsJson.Write(Sample.Of(3).Labels));

        var error = Should.Throw<ShardException>(() => LabelsJson.Parse(Encoding.UTF8.GetBytes(Replaced(json, right, wrong)), "000000.json"));

        error.Code.ShouldBe("shard.malformed");
        error.Message.ShouldStartWith("000000.json holds no labels: ");
        error.Message.ShouldContain(says);
    }

    [Fact]
    public void Parse_MaskLongerThanThePicture_IsRefusedBeforeItIsUnpacked()
    {
        var json = Encoding.UTF8.GetString(LabelsJson.Write(Sample.Of(3).Labels));
        var long1 = Encoding.UTF8.GetBytes(Replaced(json, "\"segmentation\":\"", $"\"segmentation\":\"{new string('1', 100_000_000)}"));

        Should.Throw<ShardException>(() => LabelsJson.Parse(long1, "big")).Message.ShouldContain("at most 6,928 characters are read");
        var before = GC.GetAllocatedBytesForCurrentThread();
        Should.Throw<ShardException>(() => LabelsJson.Parse(long1, "big"));
        (GC.GetAllocatedBytesForCurrentThread() - before).ShouldBeLessThan(10_000_000);
    }

    [Fact]
    public void Parse_MoreInstancesThanIds_IsRefused()
    {
        var tag = "{\"id\":1,\"row\":0,\"slot\":0,\"classId\":0,\"bbox\":[0,0,1,1]}";
        var json = Encoding.UTF8.GetString(LabelsJson.Write(Sample.Of(3).Labels));
        var many = json[..(json.IndexOf("\"priceTags\":[", StringComparison.Ordinal) + 13)] + string.Join(',', Enumerable.Repeat(tag, 65_536)) + "]}";

        Should.Throw<ShardException>(() => LabelsJson.Parse(Encoding.UTF8.GetBytes(many), "many")).Message.ShouldContain("more than 65535");
    }

    [Fact]
    public void Parse_CutShortOrDamaged_NeverEscapesAsAnotherException()
    {
        var json = LabelsJson.Write(Sample.Of(3).Labels);
        var random = new Random(5);
        for (var length = 0; length < json.Length; length += 7)
        {
            Should.Throw<ShardException>(() => LabelsJson.Parse(json.AsSpan(0, length), "short"));
        }

        for (var trial = 0; trial < 2000; trial++)
        {
            var damaged = (byte[])json.Clone();
            damaged[random.Next(damaged.Length)] ^= (byte)(1 << random.Next(8));
            try
            {
                LabelsJson.Parse(damaged, "damaged").Width.ShouldBe(96);
            }
            catch (ShardException error)
            {
                error.Code.ShouldBe("shard.malformed");
            }
        }
    }

    private static string Replaced(string json, string right, string wrong)
    {
        var at = json.IndexOf(right, json.Contains("\"id\":1,", StringComparison.Ordinal) && right[1] is 'r' ? json.IndexOf("\"id\":1,", StringComparison.Ordinal) : 0, StringComparison.Ordinal);
        return at < 0 ? throw new ArgumentException($"There is no {right}.") : json[..at] + wrong + json[(at + right.Length)..];
    }
}
