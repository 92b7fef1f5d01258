using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using Neuro.Kernels.Labels;

namespace Neuro.Kernels.Formats;

/// <summary>The labels of one image as JSON: boxes and masks by COCO's conventions, visibility beside them.</summary>
internal static class LabelsJson
{
    private static readonly JsonSerializerOptions Options = new(JsonSerializerDefaults.Web)
    {
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
        NumberHandling = JsonNumberHandling.Strict,
        Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        MaxDepth = 8,
    };

    public static byte[] Write(ImageLabels labels) => JsonSerializer.SerializeToUtf8Bytes(
        new ImageJson(labels.Index, labels.Width, labels.Height, [.. labels.Instances.Select(ToJson)]), Options);

    /// <exception cref="ShardException"><c>shard.malformed</c>.</exception>
    public static ImageLabels Parse(ReadOnlySpan<byte> json, string name)
    {
        try
        {
            var read = JsonSerializer.Deserialize<ImageJson>(json, Options) ?? throw new JsonException("there is nothing in it");
            if (read.Index < 0 || read.Width is < 1 or > Codec.MaxEdge || read.Height is < 1 or > Codec.MaxEdge || read.Instances is null)
            {
                throw new JsonException($"index {read.Index} and size {read.Width} × {read.Height} are not those of an image");
            }

            return new ImageLabels(read.Index, read.Width, read.Height, [.. read.Instances.Select(one => FromJson(one, read.Width, read.Height))]);
        }
        catch (Exception wrong) when (wrong is JsonException or ArgumentException)
        {
            throw new ShardException("shard.malformed", $"{name} holds no labels: {wrong.Message}", wrong);
        }
    }

    private static InstanceJson ToJson(Instance one) => new(
        one.Id, one.ClassId, one.Sku, [one.Box.X, one.Box.Y, one.Box.Width, one.Box.Height], one.Area, one.UnoccludedArea,
        one.Visibility, one.Truncated, one.Row, one.Facing, one.Mask.ToCompressed());

    private static Instance FromJson(InstanceJson one, int width, int height)
    {
        if (one is not { Id: >= 1, ClassId: >= 0, Sku: not null, Area: >= 1, Bbox.Length: 4, Segmentation: not null } || one.UnoccludedArea < one.Area)
        {
            throw new JsonException($"instance {one?.Id} is not complete or contradicts itself");
        }

        return new Instance(
            one.Id, one.ClassId, one.Sku, new BoundingBox(one.Bbox[0], one.Bbox[1], one.Bbox[2], one.Bbox[3]), one.Area, one.UnoccludedArea,
            one.Truncated, RunLength.FromCompressed(width, height, one.Segmentation), one.Row, one.Facing);
    }

    private sealed record ImageJson(int Index, int Width, int Height, IReadOnlyList<InstanceJson> Instances);

    private sealed record InstanceJson(
        int Id, int ClassId, string Sku, int[] Bbox, int Area, int UnoccludedArea, float Visibility, bool Truncated, int Row, int Facing, string Segmentation);
}
