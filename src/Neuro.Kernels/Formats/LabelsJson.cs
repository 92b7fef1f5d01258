using System.Buffers;
using System.Numerics;
using System.Text.Encodings.Web;
using System.Text.Json;
using Neuro.Kernels.Labels;

namespace Neuro.Kernels.Formats;

/// <summary>The labels of one image as JSON: COCO's words where COCO has one, the members of <see cref="ImageLabels"/> for the rest.</summary>
/// <remarks>
/// Pixels, metres, degrees; a number that is no whole one is written in its shortest form that reads back to the same bits.
/// Masks are COCO's compressed run lengths, corners COCO's <c>[x, y, v, …]</c>, a rotation a quaternion <c>[x, y, z, w]</c>. Members come in one order, which <see cref="LabelsJsonReader"/> expects.
/// </remarks>
internal static class LabelsJson
{
    /// <value>The most instances, gaps or price tags of an image: as many as a 16-bit id picture can tell apart.</value>
    public const int MaxInstances = ushort.MaxValue;

    // A mask's characters include '<', '>' and '`', which HTML-safe writers blow up sixfold.
    private static readonly JsonWriterOptions Options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, SkipValidation = true };

    // A thread writes image after image: what grew for the first is used for all.
    [ThreadStatic]
    private static ArrayBufferWriter<byte>? scratch;

    public static byte[] Write(ImageLabels labels)
    {
        var buffer = scratch ??= new ArrayBufferWriter<byte>();
        buffer.ResetWrittenCount();
        using (var json = new Utf8JsonWriter(buffer, Options))
        {
            json.WriteStartObject();
            json.WriteNumber("index"u8, labels.Index);
            json.WriteNumber("width"u8, labels.Width);
            json.WriteNumber("height"u8, labels.Height);
            WriteCamera(json, labels.Camera);
            WriteAll(json, "instances"u8, labels.Instances, WriteInstance);
            WriteAll(json, "gaps"u8, labels.Gaps, WriteGap);
            WriteAll(json, "priceTags"u8, labels.PriceTags, WritePriceTag);
            json.WriteEndObject();
        }

        return buffer.WrittenSpan.ToArray();
    }

    /// <exception cref="ShardException"><c>shard.malformed</c>.</exception>
    public static ImageLabels Parse(ReadOnlySpan<byte> json, string name)
    {
        try
        {
            return new LabelsJsonReader(json).Image();
        }
        catch (Exception wrong) when (wrong is JsonException or ArgumentException or FormatException or InvalidOperationException)
        {
            throw new ShardException("shard.malformed", $"{name} holds no labels: {wrong.Message}", wrong);
        }
    }

    private static void WriteCamera(Utf8JsonWriter json, CameraLabel camera)
    {
        json.WriteStartObject("camera"u8);
        json.WriteNumber("fx"u8, camera.FocalX);
        json.WriteNumber("fy"u8, camera.FocalY);
        json.WriteNumber("cx"u8, camera.CentreX);
        json.WriteNumber("cy"u8, camera.CentreY);
        json.WriteNumber("k1"u8, camera.K1);
        json.WriteNumber("k2"u8, camera.K2);
        WritePose(json, camera.Pose);
        json.WriteEndObject();
    }

    private static void WriteInstance(Utf8JsonWriter json, Instance one)
    {
        json.WriteNumber("id"u8, one.Id);
        json.WriteNumber("classId"u8, one.ClassId);
        json.WriteString("sku"u8, one.Sku);
        WriteBox(json, "bbox"u8, one.Box);
        json.WriteNumber("area"u8, one.Area);
        json.WriteString("segmentation"u8, one.Mask.ToCompressed());
        WriteBox(json, "amodalBbox"u8, one.AmodalBox);
        json.WriteNumber("unoccludedArea"u8, one.UnoccludedArea);
        json.WriteString("amodalSegmentation"u8, one.AmodalMask.ToCompressed());
        json.WriteNumber("visibility"u8, one.Visibility);
        json.WriteNumber("truncation"u8, one.Truncation);
        var turned = one.OrientedBox;
        WriteNumbers(json, "orientedBox"u8, [turned.CentreX, turned.CentreY, turned.Width, turned.Height, turned.Angle]);
        WritePose(json, one.Pose);
        WriteVector(json, "size"u8, one.Size);
        WriteKeypoints(json, one.Corners);
        json.WriteNumber("frontAngle"u8, one.FrontAngle);
        if (one.Place is { } place)
        {
            json.WriteStartObject("place"u8);
            json.WriteNumber("row"u8, place.Row);
            json.WriteNumber("facing"u8, place.Facing);
            json.WriteNumber("layer"u8, place.Layer);
            json.WriteNumber("slot"u8, place.Slot);
            json.WriteNumber("priceTag"u8, place.PriceTag);
            json.WriteEndObject();
        }
    }

    private static void WriteGap(Utf8JsonWriter json, Gap gap)
    {
        json.WriteNumber("row"u8, gap.Row);
        json.WriteNumber("facing"u8, gap.Facing);
        json.WriteNumber("slot"u8, gap.Slot);
        json.WriteNumber("classId"u8, gap.ClassId);
        WriteBox(json, "bbox"u8, gap.Box);
    }

    private static void WritePriceTag(Utf8JsonWriter json, PriceTag tag)
    {
        json.WriteNumber("id"u8, tag.Id);
        json.WriteNumber("row"u8, tag.Row);
        json.WriteNumber("slot"u8, tag.Slot);
        json.WriteNumber("classId"u8, tag.ClassId);
        WriteBox(json, "bbox"u8, tag.Box);
    }

    private static void WriteAll<T>(Utf8JsonWriter json, ReadOnlySpan<byte> name, IReadOnlyList<T> items, Action<Utf8JsonWriter, T> write)
    {
        json.WriteStartArray(name);
        foreach (var item in items)
        {
            json.WriteStartObject();
            write(json, item);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private static void WritePose(Utf8JsonWriter json, Pose pose)
    {
        var turn = pose.Rotation;
        WriteNumbers(json, "rotation"u8, [turn.X, turn.Y, turn.Z, turn.W]);
        WriteVector(json, "translation"u8, pose.Translation);
    }

    private static void WriteVector(Utf8JsonWriter json, ReadOnlySpan<byte> name, Vector3 vector) => WriteNumbers(json, name, [vector.X, vector.Y, vector.Z]);

    private static void WriteNumbers(Utf8JsonWriter json, ReadOnlySpan<byte> name, ReadOnlySpan<float> numbers)
    {
        json.WriteStartArray(name);
        foreach (var number in numbers)
        {
            json.WriteNumberValue(number);
        }

        json.WriteEndArray();
    }

    /// <summary>COCO's box: left, top, width, height.</summary>
    internal static void WriteBox(Utf8JsonWriter json, ReadOnlySpan<byte> name, BoundingBox box)
    {
        json.WriteStartArray(name);
        json.WriteNumberValue(box.X);
        json.WriteNumberValue(box.Y);
        json.WriteNumberValue(box.Width);
        json.WriteNumberValue(box.Height);
        json.WriteEndArray();
    }

    /// <summary>COCO's keypoints: x, y and visibility of each, one after another.</summary>
    internal static void WriteKeypoints(Utf8JsonWriter json, IReadOnlyList<Keypoint> points)
    {
        json.WriteStartArray("keypoints"u8);
        foreach (var point in points)
        {
            json.WriteNumberValue(point.X);
            json.WriteNumberValue(point.Y);
            json.WriteNumberValue(point.Visibility);
        }

        json.WriteEndArray();
    }
}
