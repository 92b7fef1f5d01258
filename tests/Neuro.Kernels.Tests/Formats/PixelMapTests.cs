using System.Buffers.Binary;
using System.Numerics;
using System.Text;
using CsCheck;
using Neuro.Kernels.Formats;
using Neuro.Kernels.Labels;
using Neuro.Kernels.Rendering;
using Neuro.Kernels.Tests.Catalogues;

namespace Neuro.Kernels.Tests.Formats;

public sealed class PixelMapTests : IDisposable
{
    private static readonly string[] All = ["parts", "normals", "albedo", "irradiance", "shadow", "uv"];
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void Read_ShardWithEveryMap_GivesThemBackToWithinAStep()
    {
        var (frame, labels) = WithMaps(3);
        Write("a.tar", EncodedImage.Encode(frame, labels, 90, All));

        var image = ShardReader.Read(folder.File("a.tar")).Single();

        image.Maps.Keys.ShouldBe(All);
        image.Parts().ShouldBe(frame.Parts);
        image.Albedo().ShouldBe(frame.Albedo);
        image.Shadow().ShouldBe(frame.Shadow);
        image.Normals()!.Zip(frame.Normals, (a, b) => Math.Abs(a - b)).Max().ShouldBeLessThan(1 / 254f);
        // In steps of 1/256, and up to the last step below 4.
        image.Irradiance()!.Zip(frame.Irradiance!, (a, b) => Math.Abs(a - Math.Min(b, 4 - (1 / 256f)))).Max().ShouldBeLessThan(1 / 500f);
        var (uv, drawn) = (image.Uv()!, frame.Uv!);
        uv.Select(part => part < 0).ShouldBe(drawn.Select(part => part < 0));
        uv.Zip(drawn, (a, b) => Math.Abs(a - b)).Max().ShouldBeLessThan(1 / 4_000f);
    }

    [Fact]
    public void Read_AnySubsetOfMaps_GivesThatSubset()
    {
        var (frame, labels) = WithMaps(3);
        for (var chosen = 0; chosen < 1 << All.Length; chosen += 5)
        {
            var maps = All.Where((_, bit) => (chosen >> bit & 1) == 1).ToArray();
            Write("a.tar", EncodedImage.Encode(frame, labels, 90, maps));

            ShardReader.Read(folder.File("a.tar")).Single().Maps.Keys.ShouldBe(maps);
        }
    }

    [Fact]
    public void Read_ImagesWithDifferentMaps_AreRefused()
    {
        var ((frame, labels), (other, otherLabels)) = (WithMaps(3), WithMaps(4));
        Write("a.tar", EncodedImage.Encode(frame, labels, 90, ["parts"]), EncodedImage.Encode(other, otherLabels with { Index = 1 }, 90, ["shadow"]));

        var error = Should.Throw<ShardException>(() => ShardReader.Read(folder.File("a.tar")).Count());

        error.Code.ShouldBe("shard.malformed");
        error.Message.ShouldBe("a.tar holds no 000001.parts.png.");
    }

    [Fact]
    public void Encode_MapThatWasNotRendered_SaysWhich() =>
        Should.Throw<ArgumentException>(() => PixelMaps.Encode("uv", new Frame(4, 4))).Message.ShouldContain("uv");

    [Fact]
    public void Read_OfRgb16_IsIdentity() =>
        Gen.Select(Gen.Int[1, 40], Gen.Int[1, 20]).SelectMany((width, height) => Gen.UShort.Array[3 * width * height].Select(values => (width, height, values)))
            .Sample(any => PngReader.Read(PngWriter.Rgb16(any.width, any.height, any.values), "any", 3, 16).Values.SequenceEqual(any.values));

    [Fact]
    public void Rgb16_ReadByAnotherDecoder_HasTheSameHighBytes()
    {
        var values = Enumerable.Range(0, 3 * 31 * 17).Select(at => (ushort)(at * 40503 % 65536)).ToArray();

        var rgb = Codec.Decode(PngWriter.Rgb16(31, 17, values), "any").Rgb;

        rgb.Zip(values, (read, value) => Math.Abs(read - (value / 257.0))).Max().ShouldBeLessThan(1);
    }

    [Fact]
    public void Read_PictureOfAnotherKind_SaysWhatItIs() =>
        Should.Throw<PictureException>(() => PngReader.Read(PngWriter.Rgb(2, 2, new byte[12]), "a.png", 3, 16)).Message.ShouldBe("a.png cannot be read: it has 8 bits of colour type 2; expected RGB of 16 bits, not interlaced.");

    [Fact]
    public void ClassIds_OfAnImage_AreThoseOfTheInstances()
    {
        var image = Shard(Sample.Encoded(11));

        var (classes, ids) = (image.ClassIds(), image.Ids());

        for (var at = 0; at < ids.Length; at++)
        {
            classes[at].ShouldBe(ids[at] == 0 ? -1 : ids[at] % Sample.Classes.Length);
        }
    }

    [Fact]
    public void PointCloud_OfAnImage_ProjectsBackToItsPixels()
    {
        var image = Shard(Sample.Encoded(11));
        var (depth, ids, camera) = (image.Depth(), image.Ids(), image.Labels.Camera);

        var cloud = image.PointCloud();

        var pixels = Enumerable.Range(0, depth.Length).Where(at => float.IsFinite(depth[at])).ToList();
        cloud.Count.ShouldBe(pixels.Count);
        cloud.Ids.ShouldBe(pixels.Select(at => ids[at]));
        for (var point = 0; point < cloud.Count; point++)
        {
            var (x, y, z) = (cloud.Points[3 * point], cloud.Points[(3 * point) + 1], cloud.Points[(3 * point) + 2]);
            z.ShouldBe(depth[pixels[point]]);
            var r2 = ((x / z) * (x / z)) + ((y / z) * (y / z));
            var bend = 1 + (camera.K1 * r2) + (camera.K2 * r2 * r2);
            ((camera.FocalX * x / z * bend) + camera.CentreX).ShouldBe((pixels[point] % 96) + 0.5f, 1e-3f);
            ((camera.FocalY * y / z * bend) + camera.CentreY).ShouldBe((pixels[point] / 96) + 0.5f, 1e-3f);
        }
    }

    [Fact]
    public void WritePly_OfAPointCloud_HoldsEveryPoint()
    {
        var cloud = new PointCloud([1, 2, 3, -4, 5, 6.5f], [7, 0], [10, 20, 30, 40, 50, 60]);
        using var ply = new MemoryStream();

        cloud.WritePly(ply);

        var bytes = ply.ToArray();
        var text = Encoding.ASCII.GetString(bytes);
        var body = bytes.AsSpan(text.IndexOf("end_header\n", StringComparison.Ordinal) + 11);
        text.ShouldStartWith("ply\nformat binary_little_endian 1.0\nelement vertex 2\n");
        body.Length.ShouldBe(2 * 19);
        BinaryPrimitives.ReadSingleLittleEndian(body[27..]).ShouldBe(6.5f);
        BinaryPrimitives.ReadInt32LittleEndian(body[12..]).ShouldBe(7);
        body[35..].ToArray().ShouldBe([40, 50, 60]);
    }

    [Fact]
    public void Millimetres_AnyDepth_IsRoundedAndBounded() =>
        Gen.Float.Array[1, 70].Sample(metres =>
        {
            var depth = new ushort[metres.Length];
            EncodedImage.Millimetres(metres, depth);
            return metres.Zip(depth).All(pair => pair.Second == (float.IsFinite(pair.First) ? (ushort)Math.Clamp((pair.First * 1000) + 0.5f, 0, 65535) : 0));
        });

    private static (Frame Frame, ImageLabels Labels) WithMaps(int seed)
    {
        var (frame, labels) = Sample.Of(seed);
        var random = new Random(seed);
        var pixels = frame.Ids.Length;
        (frame.Parts, frame.Shadow, frame.Albedo) = (new byte[pixels], new byte[pixels], new byte[3 * pixels]);
        (frame.Irradiance, frame.Uv) = (new float[3 * pixels], new float[2 * pixels]);
        random.NextBytes(frame.Parts);
        random.NextBytes(frame.Shadow);
        random.NextBytes(frame.Albedo);
        for (var at = 0; at < pixels; at++)
        {
            var normal = at % 5 == 0 ? default : Vector3.Normalize(new Vector3(random.NextSingle() - 0.5f, random.NextSingle() - 0.5f, random.NextSingle() + 0.01f));
            normal.CopyTo(frame.Normals, 3 * at);
            (frame.Irradiance[3 * at], frame.Irradiance[(3 * at) + 1], frame.Irradiance[(3 * at) + 2]) = (5 * random.NextSingle(), random.NextSingle(), 0);
            (frame.Uv[2 * at], frame.Uv[(2 * at) + 1]) = at % 7 == 0 ? (-1, -1) : (random.NextSingle(), random.NextSingle());
        }

        return (frame, labels);
    }

    private ShardImage Shard(EncodedImage image)
    {
        Write("one.tar", image);
        return ShardReader.Read(folder.File("one.tar")).Single();
    }

    private void Write(string name, params EncodedImage[] images)
    {
        using var writer = new ShardWriter(folder.File(name), new ShardContent("hash", 1, 0, images.Length, Sample.Classes));
        foreach (var image in images)
        {
            writer.Append(image);
        }

        writer.Complete();
    }
}
