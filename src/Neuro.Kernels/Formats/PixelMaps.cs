using Neuro.Kernels.Rendering;

namespace Neuro.Kernels.Formats;

/// <summary>The pictures that a shard may hold beside colours, depth and ids: their names and what a value of each means.</summary>
/// <remarks>A map named <c>uv</c> is the member <c>000012.uv.png</c>.</remarks>
internal static class PixelMaps
{
    public const string Parts = "parts";
    public const string Normals = "normals";
    public const string Albedo = "albedo";
    public const string Irradiance = "irradiance";
    public const string Shadow = "shadow";
    public const string Uv = "uv";

    /// <value>The brightest irradiance that is kept.</value>
    public const float MaxIrradiance = 4;

    private const float IrradianceSteps = ushort.MaxValue / MaxIrradiance;
    private const int IrradianceStep = 64;
    private const int UvStep = 16;
    private const float NormalSteps = 127.5f;

    /// <summary>All of them, in the order in which a shard holds them.</summary>
    public static IReadOnlyList<string> Optional { get; } = [Parts, Normals, Albedo, Irradiance, Shadow, Uv];

    /// <summary>What a frame has to hold for these maps.</summary>
    public static FrameMaps InFrame(IReadOnlyList<string> maps) =>
        maps.Aggregate(FrameMaps.None, (all, map) => all | map switch
        {
            Parts => FrameMaps.Parts,
            Albedo => FrameMaps.Albedo,
            Irradiance => FrameMaps.Irradiance,
            Shadow => FrameMaps.Shadow,
            Uv => FrameMaps.Uv,
            _ => FrameMaps.None,
        });

    /// <summary>One map of a frame as PNG.</summary>
    /// <exception cref="ArgumentException">The frame was rendered without it.</exception>
    public static byte[] Encode(string map, Frame frame) => map switch
    {
        Parts => PngWriter.Grey8(frame.Width, frame.Height, Rendered(frame.Parts, map)),
        Normals => PngWriter.Rgb(frame.Width, frame.Height, EncodeNormals(frame.Normals)),
        Albedo => PngWriter.Rgb(frame.Width, frame.Height, Rendered(frame.Albedo, map)),
        Irradiance => PngWriter.Rgb16(frame.Width, frame.Height, EncodeIrradiance(Rendered(frame.Irradiance, map))),
        Shadow => PngWriter.Grey8(frame.Width, frame.Height, Rendered(frame.Shadow, map)),
        Uv => PngWriter.Rgb16(frame.Width, frame.Height, EncodeUv(Rendered(frame.Uv, map))),
        _ => throw new ArgumentException($"There is no pixel map '{map}'."),
    };

    /// <summary>A map's values as written.</summary>
    /// <exception cref="PictureException">Not the PNG that <see cref="Encode"/> writes.</exception>
    public static PngReader.Pixels Read(string map, byte[] png, string name) => map switch
    {
        Parts or Shadow => PngReader.Read(png, name, channels: 1, bits: 8),
        Normals or Albedo => PngReader.Read(png, name, channels: 3, bits: 8),
        _ => PngReader.Read(png, name, channels: 3, bits: 16),
    };

    /// <summary>Unit normals; zero where nothing is.</summary>
    public static float[] DecodeNormals(ReadOnlySpan<ushort> values)
    {
        var normals = new float[values.Length];
        for (var at = 0; at < normals.Length; at += 3)
        {
            var (x, y, z) = (values[at], values[at + 1], values[at + 2]);
            if ((x | y | z) != 0)
            {
                (normals[at], normals[at + 1], normals[at + 2]) = ((x / NormalSteps) - 1, (y / NormalSteps) - 1, (z / NormalSteps) - 1);
            }
        }

        return normals;
    }

    /// <summary>Linear irradiance, at most <see cref="MaxIrradiance"/>.</summary>
    public static float[] DecodeIrradiance(ReadOnlySpan<ushort> values)
    {
        var irradiance = new float[values.Length];
        for (var at = 0; at < irradiance.Length; at++)
        {
            irradiance[at] = values[at] / IrradianceSteps;
        }

        return irradiance;
    }

    /// <summary>u and v of each pixel, −1 where nothing printed is.</summary>
    public static float[] DecodeUv(ReadOnlySpan<ushort> values)
    {
        var uv = new float[values.Length / 3 * 2];
        for (int from = 0, to = 0; to < uv.Length; from += 3, to += 2)
        {
            var printed = values[from + 2] != 0;
            uv[to] = printed ? values[from] / (float)ushort.MaxValue : -1;
            uv[to + 1] = printed ? values[from + 1] / (float)ushort.MaxValue : -1;
        }

        return uv;
    }

    private static T[] Rendered<T>(T[]? values, string map) => values ?? throw new ArgumentException($"The frame was rendered without its {map}.");

    private static byte[] EncodeNormals(ReadOnlySpan<float> normals)
    {
        var rgb = new byte[normals.Length];
        for (var at = 0; at < rgb.Length; at += 3)
        {
            if (normals[at] != 0 || normals[at + 1] != 0 || normals[at + 2] != 0)
            {
                rgb[at] = Step(normals[at]);
                rgb[at + 1] = Step(normals[at + 1]);
                rgb[at + 2] = Step(normals[at + 2]);
            }
        }

        return rgb;

        static byte Step(float part) => (byte)Math.Clamp(((part + 1) * NormalSteps) + 0.5f, 0, 255);
    }

    private static ushort[] EncodeIrradiance(ReadOnlySpan<float> irradiance)
    {
        var rgb = new ushort[irradiance.Length];
        for (var at = 0; at < rgb.Length; at++)
        {
            rgb[at] = Coarse(Math.Clamp(irradiance[at], 0, MaxIrradiance) * IrradianceSteps, IrradianceStep);
        }

        return rgb;
    }

    private static ushort[] EncodeUv(ReadOnlySpan<float> uv)
    {
        var rgb = new ushort[uv.Length / 2 * 3];
        for (int from = 0, to = 0; from < uv.Length; from += 2, to += 3)
        {
            if (uv[from] >= 0 && uv[from + 1] >= 0)
            {
                rgb[to] = Step(uv[from]);
                rgb[to + 1] = Step(uv[from + 1]);
                rgb[to + 2] = ushort.MaxValue;
            }
        }

        return rgb;

        static ushort Step(float part) => Coarse(Math.Min(part, 1) * ushort.MaxValue, UvStep);
    }

    /// <summary>The nearest multiple of a step: what is below it is noise, and costs more to pack than all the rest.</summary>
    private static ushort Coarse(float value, int step) => (ushort)(Math.Min((int)((value / step) + 0.5f), ushort.MaxValue / step) * step);
}
