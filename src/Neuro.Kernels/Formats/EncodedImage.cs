using System.Buffers;
using System.Numerics;
using Neuro.Kernels.Labels;
using Neuro.Kernels.Rendering;

namespace Neuro.Kernels.Formats;

/// <summary>One image as the files of a shard.</summary>
/// <param name="Labels">What the files say.</param>
/// <param name="Jpeg">Colours.</param>
/// <param name="DepthPng">Millimetres along the optical axis, 16 bit; 0 where nothing is.</param>
/// <param name="IdsPng">Instance ids, 16 bit; 0 where no labelled product is.</param>
/// <param name="Maps">The optional pixel maps by name, see <see cref="PixelMaps"/>.</param>
/// <param name="LabelsJson">Boxes, masks, poses and the rest.</param>
/// <param name="Audit">What came of reading the written id picture again.</param>
internal sealed record EncodedImage(ImageLabels Labels, byte[] Jpeg, byte[] DepthPng, byte[] IdsPng, IReadOnlyDictionary<string, byte[]> Maps, byte[] LabelsJson, Audit Audit)
{
    /// <summary>The files by the ends of their names, in the order in which a shard holds them: labels last, so that they end an image.</summary>
    public IEnumerable<(string Kind, byte[] Bytes)> Members =>
        [
            (ShardMember.Jpeg, Jpeg), (ShardMember.Depth, DepthPng), (ShardMember.Ids, IdsPng),
            .. PixelMaps.Optional.Where(Maps.ContainsKey).Select(map => (ShardMember.OfMap(map), Maps[map])),
            (ShardMember.Labels, LabelsJson),
        ];

    /// <summary>Encodes a rendered frame with these optional maps and audits the written labels against the written id picture.</summary>
    /// <exception cref="ShardException"><c>shard.too_many_instances</c>.</exception>
    public static EncodedImage Encode(Frame frame, ImageLabels labels, int jpegQuality, IEnumerable<string> maps)
    {
        var idsPng = EncodeIds(frame, labels.Index);
        var json = Formats.LabelsJson.Write(labels);
        return new EncodedImage(
            labels,
            Codec.Jpeg(new Image(frame.Width, frame.Height, frame.Rgb), jpegQuality),
            EncodeDepth(frame),
            idsPng,
            maps.Where(PixelMaps.Optional.Contains).ToDictionary(map => map, map => PixelMaps.Encode(map, frame)),
            json,
            LabelAudit.Check(idsPng, json, $"image {labels.Index}"));
    }

    /// <summary>Metres to whole millimetres, at most 65,535; 0 where nothing is.</summary>
    internal static void Millimetres(ReadOnlySpan<float> metres, Span<ushort> depth)
    {
        var at = 0;
        var most = new Vector<float>(ushort.MaxValue);
        for (var lanes = Vector<float>.Count; at <= metres.Length - (2 * lanes); at += 2 * lanes)
        {
            Vector.Narrow(Whole(new Vector<float>(metres[at..]), most), Whole(new Vector<float>(metres[(at + lanes)..]), most)).CopyTo(depth[at..]);
        }

        for (; at < metres.Length; at++)
        {
            depth[at] = float.IsFinite(metres[at]) ? (ushort)Math.Clamp((metres[at] * 1000) + 0.5f, 0, ushort.MaxValue) : (ushort)0;
        }
    }

    // What is not less than infinity, also what is no number, becomes 0.
    private static Vector<uint> Whole(Vector<float> metres, Vector<float> most) =>
        Vector.ConvertToUInt32(Vector.ConditionalSelect(
            Vector.LessThan(metres, new Vector<float>(float.PositiveInfinity)),
            Vector.Min(Vector.Max((metres * 1000) + new Vector<float>(0.5f), Vector<float>.Zero), most),
            Vector<float>.Zero));

    private static byte[] EncodeDepth(Frame frame)
    {
        var depth = ArrayPool<ushort>.Shared.Rent(frame.Depth.Length);
        try
        {
            Millimetres(frame.Depth, depth);
            return PngWriter.Grey16(frame.Width, frame.Height, depth.AsSpan(0, frame.Depth.Length));
        }
        finally
        {
            ArrayPool<ushort>.Shared.Return(depth);
        }
    }

    private static byte[] EncodeIds(Frame frame, int index)
    {
        if (frame.Ids.AsSpan().IndexOfAnyExceptInRange(0, ushort.MaxValue) is var found and >= 0)
        {
            throw new ShardException("shard.too_many_instances", $"Image {index} holds instance {frame.Ids[found]}; a 16-bit id picture takes 0 to {ushort.MaxValue}. Use fewer products in a scene.");
        }

        var ids = ArrayPool<ushort>.Shared.Rent(frame.Ids.Length);
        try
        {
            for (var at = 0; at < frame.Ids.Length; at++)
            {
                ids[at] = (ushort)frame.Ids[at];
            }

            return PngWriter.Grey16(frame.Width, frame.Height, ids.AsSpan(0, frame.Ids.Length));
        }
        finally
        {
            ArrayPool<ushort>.Shared.Return(ids);
        }
    }
}
