using System.Numerics;
using System.Text.Json;
using Neuro.Kernels.Labels;

namespace Neuro.Kernels.Formats;

/// <summary>Labels as COCO JSON: images, annotations with compressed masks and box corners as keypoints, categories.</summary>
/// <remarks>
/// Format: cocodataset.org/#format-data. Category ids are class ids; annotation ids are image index · 65536 + instance id, so they stay unique across shards.
/// <c>visibility</c>, <c>truncation</c> and <c>amodal_bbox</c> are ours.
/// </remarks>
internal sealed class CocoWriter : IDisposable
{
    public const string FileName = "coco.json";

    /// <value>Names of the corners of a box in space, in our order.</value>
    public static readonly string[] Corners =
    [
        "front_upper_left", "front_upper_right", "front_lower_right", "front_lower_left", "back_upper_left", "back_upper_right", "back_lower_right", "back_lower_left",
    ];

    /// <value>Edges of that box between corners, counted from 1.</value>
    public static readonly (int From, int To)[] Edges = [(1, 2), (2, 3), (3, 4), (4, 1), (5, 6), (6, 7), (7, 8), (8, 5), (1, 5), (2, 6), (3, 7), (4, 8)];

    private readonly MemoryStream images = new();
    private readonly Func<RunLength, IReadOnlyList<IReadOnlyList<Vector2>>>? outline;
    private readonly Utf8JsonWriter imageWriter;
    private readonly Utf8JsonWriter writer;

    /// <param name="document">Where it is written to.</param>
    /// <param name="outline">Makes polygons of masks; run lengths are written if left out.</param>
    public CocoWriter(Stream document, Func<RunLength, IReadOnlyList<IReadOnlyList<Vector2>>>? outline = null)
    {
        this.outline = outline;
        imageWriter = new Utf8JsonWriter(images);
        writer = new Utf8JsonWriter(document);
        imageWriter.WriteStartArray();
        writer.WriteStartObject();
        writer.WriteStartArray("annotations");
    }

    public void Append(ImageLabels labels, string jpegName)
    {
        imageWriter.WriteStartObject();
        imageWriter.WriteNumber("id", labels.Index);
        imageWriter.WriteString("file_name", jpegName);
        imageWriter.WriteNumber("width", labels.Width);
        imageWriter.WriteNumber("height", labels.Height);
        imageWriter.WriteEndObject();
        foreach (var instance in labels.Instances)
        {
            Append(labels, instance);
        }

        // Else the writer keeps it all in a buffer of its own.
        imageWriter.Flush();
        writer.Flush();
    }

    /// <summary>Ends the document.</summary>
    public void Complete(IReadOnlyList<string> classes)
    {
        imageWriter.WriteEndArray();
        imageWriter.Flush();
        writer.WriteEndArray();
        writer.WritePropertyName("images");
        writer.WriteRawValue(images.GetBuffer().AsSpan(0, (int)images.Length), skipInputValidation: true);
        writer.WriteStartArray("categories");
        for (var id = 0; id < classes.Count; id++)
        {
            writer.WriteStartObject();
            writer.WriteNumber("id", id);
            writer.WriteString("name", classes[id]);
            WriteCorners(writer);
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
        writer.WriteEndObject();
        writer.Flush();
    }

    /// <summary>The names of the eight corners and the box's edges between them, counted from 1.</summary>
    private static void WriteCorners(Utf8JsonWriter json)
    {
        json.WriteStartArray("keypoints");
        foreach (var corner in Corners)
        {
            json.WriteStringValue(corner);
        }

        json.WriteEndArray();
        json.WriteStartArray("skeleton");
        foreach (var (from, to) in Edges)
        {
            json.WriteStartArray();
            json.WriteNumberValue(from);
            json.WriteNumberValue(to);
            json.WriteEndArray();
        }

        json.WriteEndArray();
    }

    public void Dispose()
    {
        imageWriter.Dispose();
        writer.Dispose();
    }

    private void Append(ImageLabels labels, Instance instance)
    {
        writer.WriteStartObject();
        writer.WriteNumber("id", ((long)labels.Index << 16) + instance.Id);
        writer.WriteNumber("image_id", labels.Index);
        writer.WriteNumber("category_id", instance.ClassId);
        LabelsJson.WriteBox(writer, "bbox"u8, instance.Box);
        writer.WriteNumber("area", instance.Area);
        WriteMask(instance.Mask);
        writer.WriteNumber("iscrowd", 0);
        LabelsJson.WriteKeypoints(writer, instance.Corners);
        writer.WriteNumber("num_keypoints", instance.Corners.Count(corner => corner.Visibility > 0));
        writer.WriteNumber("visibility", instance.Visibility);
        writer.WriteNumber("truncation", instance.Truncation);
        LabelsJson.WriteBox(writer, "amodal_bbox"u8, instance.AmodalBox);
        writer.WriteEndObject();
    }

    private void WriteMask(RunLength mask)
    {
        if (outline is not null)
        {
            WritePolygons(outline(mask));
            return;
        }

        writer.WriteStartObject("segmentation");
        writer.WriteStartArray("size");
        writer.WriteNumberValue(mask.Height);
        writer.WriteNumberValue(mask.Width);
        writer.WriteEndArray();
        writer.WriteString("counts", mask.ToCompressed());
        writer.WriteEndObject();
    }

    private void WritePolygons(IReadOnlyList<IReadOnlyList<Vector2>> polygons)
    {
        writer.WriteStartArray("segmentation");
        foreach (var polygon in polygons)
        {
            writer.WriteStartArray();
            foreach (var point in polygon)
            {
                writer.WriteNumberValue(point.X);
                writer.WriteNumberValue(point.Y);
            }

            writer.WriteEndArray();
        }

        writer.WriteEndArray();
    }
}
