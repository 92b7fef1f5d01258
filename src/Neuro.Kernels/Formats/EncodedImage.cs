using Neuro.Kernels.Labels;
using Neuro.Kernels.Rendering;

namespace Neuro.Kernels.Formats;

/// <summary>One image as the files of a shard.</summary>
/// <param name="Labels">What the files say.</param>
/// <param name="Jpeg">Colours.</param>
/// <param name="DepthPng">Millimetres along the optical axis, 16 bit; 0 where nothing is.</param>
/// <param name="IdsPng">Instance ids, 16 bit; 0 where no labelled product is.</param>
/// <param name="LabelsJson">Boxes, masks, visibility.</param>
/// <param name="Audit">What came of reading the written id picture again.</param>
internal sealed record EncodedImage(ImageLabels Labels, byte[] Jpeg, byte[] DepthPng, byte[] IdsPng, byte[] LabelsJson, Audit Audit)
{
    /// <summary>Encodes a rendered frame and audits the written labels against the written id picture.</summary>
    /// <exception cref="ShardException"><c>shard.too_many_instances</c>.</exception>
    public static EncodedImage Encode(Frame frame, ImageLabels labels, int jpegQuality)
    {
        var ids = new ushort[frame.Ids.Length];
        for (var at = 0; at < ids.Length; at++)
        {
            ids[at] = frame.Ids[at] is >= 0 and <= ushort.MaxValue and var id
                ? (ushort)id
                : throw new ShardException("shard.too_many_instances", $"Image {labels.Index} holds instance {frame.Ids[at]}; a 16-bit id picture takes 0 to {ushort.MaxValue}. Use fewer products in a scene.");
        }

        var idsPng = PngWriter.Grey16(frame.Width, frame.Height, ids);
        var json = Formats.LabelsJson.Write(labels);
        return new EncodedImage(
            labels,
            Codec.Jpeg(new Image(frame.Width, frame.Height, frame.Rgb), jpegQuality),
            PngWriter.Grey16(frame.Width, frame.Height, Millimetres(frame.Depth)),
            idsPng,
            json,
            LabelAudit.Check(idsPng, json, $"image {labels.Index}"));
    }

    internal static ushort[] Millimetres(float[] metres)
    {
        var depth = new ushort[metres.Length];
        for (var at = 0; at < depth.Length; at++)
        {
            depth[at] = float.IsFinite(metres[at]) ? (ushort)Math.Clamp((metres[at] * 1000) + 0.5f, 0, ushort.MaxValue) : (ushort)0;
        }

        return depth;
    }
}
