using Neuro.Kernels.Labels;

namespace Neuro.Kernels.Formats;

/// <summary>One image read from a shard; pictures are decoded when asked for.</summary>
/// <param name="Index">Number of the image within its dataset.</param>
/// <param name="Jpeg">Colours, encoded.</param>
/// <param name="DepthPng">Depth, encoded: 16-bit millimetres.</param>
/// <param name="IdsPng">Instance ids, encoded: 16 bit.</param>
/// <param name="Maps">The optional pixel maps that the shard holds, encoded, by name: parts, normals, albedo, irradiance, shadow, uv.</param>
/// <param name="Labels">Boxes, masks, poses and the rest.</param>
public sealed record ShardImage(int Index, byte[] Jpeg, byte[] DepthPng, byte[] IdsPng, IReadOnlyDictionary<string, byte[]> Maps, ImageLabels Labels)
{
    private const int NoClass = -1;

    /// <summary>Decodes the colours.</summary>
    public Image Decode() => Codec.Decode(Jpeg, Name(ShardMember.Jpeg));

    /// <summary>Metres along the optical axis, row-major; +∞ where nothing is.</summary>
    public float[] Depth() => [.. SameSize(PngReader.Read(DepthPng, Name(ShardMember.Depth), 1, 16)).Select(mm => mm == 0 ? float.PositiveInfinity : mm / 1000f)];

    /// <summary>Instance ids, row-major; 0 where no labelled product is.</summary>
    public int[] Ids() => [.. SameSize(PngReader.Read(IdsPng, Name(ShardMember.Ids), 1, 16)).Select(id => (int)id)];

    /// <summary>Class ids, row-major; −1 where no labelled product is.</summary>
    public int[] ClassIds()
    {
        var classes = Labels.Instances.ToDictionary(one => one.Id, one => one.ClassId);
        return [.. Ids().Select(id => classes.GetValueOrDefault(id, NoClass))];
    }

    /// <summary>Part or face ids, row-major; none if the shard holds none.</summary>
    public byte[]? Parts() => Bytes(PixelMaps.Parts);

    /// <summary>Unit normals in world axes to within 1/255, [H, W, 3], zero where nothing is; none if the shard holds none.</summary>
    public float[]? Normals() => Map(PixelMaps.Normals) is { } values ? PixelMaps.DecodeNormals(values) : null;

    /// <summary>Reflectance, sRGB-encoded, [H, W, 3]; none if the shard holds none.</summary>
    public byte[]? Albedo() => Bytes(PixelMaps.Albedo);

    /// <summary>Light on the surface, linear, 1 makes white paper white, cut off at 4, [H, W, 3]; none if the shard holds none.</summary>
    public float[]? Irradiance() => Map(PixelMaps.Irradiance) is { } values ? PixelMaps.DecodeIrradiance(values) : null;

    /// <summary>0 lit to 255 in full shadow of the lamps, row-major; none if the shard holds none.</summary>
    public byte[]? Shadow() => Bytes(PixelMaps.Shadow);

    /// <summary>Place in the print, 0 to 1, −1 where nothing printed is, [H, W, 2]; none if the shard holds none.</summary>
    public float[]? Uv() => Map(PixelMaps.Uv) is { } values ? PixelMaps.DecodeUv(values) : null;

    /// <summary>A point in the camera's axes for every pixel where something is.</summary>
    public PointCloud PointCloud()
    {
        var colours = Decode();
        return (colours.Width, colours.Height) == (Labels.Width, Labels.Height)
            ? Formats.PointCloud.From(Labels.Camera, Labels.Width, Labels.Height, Depth(), Ids(), colours.Rgb)
            : throw OtherSize(ShardMember.Jpeg, colours.Width, colours.Height);
    }

    /// <summary>Derives this image's boxes, areas and masks again from its id picture and compares them with its labels.</summary>
    public Audit Audit() => LabelAudit.Check(IdsPng, Labels, ShardMember.ImageName(Index));

    private byte[]? Bytes(string map) => Map(map) is { } values ? [.. values.Select(value => (byte)value)] : null;

    private ushort[]? Map(string map) => Maps.TryGetValue(map, out var png) ? SameSize(PixelMaps.Read(map, png, Name(ShardMember.OfMap(map)))) : null;

    private ushort[] SameSize(PngReader.Pixels pixels) =>
        (pixels.Width, pixels.Height) == (Labels.Width, Labels.Height) ? pixels.Values : throw OtherSize("", pixels.Width, pixels.Height);

    private ShardException OtherSize(string kind, int width, int height) =>
        new("shard.malformed", $"A picture {Name(kind)} is {width} × {height} pixels; its labels are for {Labels.Width} × {Labels.Height}.");

    private string Name(string kind) => ShardMember.ImageName(Index) + kind;
}
