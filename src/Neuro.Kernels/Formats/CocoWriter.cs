using System.Text.Json;
using Neuro.Kernels.Labels;

namespace Neuro.Kernels.Formats;

/// <summary>The labels of a whole shard as COCO instances JSON: images, annotations with compressed masks, categories.</summary>
/// <remarks>Format: cocodataset.org/#format-data. Category ids are class ids; annotation ids are image index · 65536 + instance id, so they stay unique across shards.</remarks>
internal sealed class CocoWriter : IDisposable
{
    public const string FileName = "coco.json";

    private readonly MemoryStream images = new();
    private readonly MemoryStream annotations = new();
    private readonly Utf8JsonWriter imageWriter;
    private readonly Utf8JsonWriter annotationWriter;

    public CocoWriter()
    {
        imageWriter = new Utf8JsonWriter(images);
        annotationWriter = new Utf8JsonWriter(annotations);
        imageWriter.WriteStartArray();
        annotationWriter.WriteStartArray();
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
    }

    public byte[] Complete(IReadOnlyList<string> classes)
    {
        imageWriter.WriteEndArray();
        annotationWriter.WriteEndArray();
        imageWriter.Flush();
        annotationWriter.Flush();
        using var coco = new MemoryStream((int)(images.Length + annotations.Length) + 4096);
        using (var writer = new Utf8JsonWriter(coco))
        {
            writer.WriteStartObject();
            writer.WritePropertyName("images");
            writer.WriteRawValue(images.GetBuffer().AsSpan(0, (int)images.Length), skipInputValidation: true);
            writer.WritePropertyName("annotations");
            writer.WriteRawValue(annotations.GetBuffer().AsSpan(0, (int)annotations.Length), skipInputValidation: true);
            writer.WriteStartArray("categories");
            for (var id = 0; id < classes.Count; id++)
            {
                writer.WriteStartObject();
                writer.WriteNumber("id", id);
                writer.WriteString("name", classes[id]);
                writer.WriteEndObject();
            }

            writer.WriteEndArray();
            writer.WriteEndObject();
        }

        return coco.ToArray();
    }

    public void Dispose()
    {
        imageWriter.Dispose();
        annotationWriter.Dispose();
    }

    private void Append(ImageLabels labels, Instance instance)
    {
        annotationWriter.WriteStartObject();
        annotationWriter.WriteNumber("id", ((long)labels.Index << 16) + instance.Id);
        annotationWriter.WriteNumber("image_id", labels.Index);
        annotationWriter.WriteNumber("category_id", instance.ClassId);
        annotationWriter.WriteStartArray("bbox");
        annotationWriter.WriteNumberValue(instance.Box.X);
        annotationWriter.WriteNumberValue(instance.Box.Y);
        annotationWriter.WriteNumberValue(instance.Box.Width);
        annotationWriter.WriteNumberValue(instance.Box.Height);
        annotationWriter.WriteEndArray();
        annotationWriter.WriteNumber("area", instance.Area);
        annotationWriter.WriteStartObject("segmentation");
        annotationWriter.WriteStartArray("size");
        annotationWriter.WriteNumberValue(labels.Height);
        annotationWriter.WriteNumberValue(labels.Width);
        annotationWriter.WriteEndArray();
        annotationWriter.WriteString("counts", instance.Mask.ToCompressed());
        annotationWriter.WriteEndObject();
        annotationWriter.WriteNumber("iscrowd", 0);
        annotationWriter.WriteNumber("visibility", instance.Visibility);
        annotationWriter.WriteEndObject();
    }
}
