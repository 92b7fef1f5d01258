using Neuro.Kernels.Formats;
using Neuro.Kernels.Rendering;

namespace Neuro.Kernels.Labels;

/// <summary>The pixel maps of a frame as pictures that a person can read.</summary>
public static class OverlayMaps
{
    private const float DisplayGamma = 1 / 2.2f;
    private const int Greys = 12;

    /// <summary>The picture in a few pale greys: a ground for labels drawn in colour.</summary>
    public static Image Faded(Image image) => Each(image.Width, image.Height, at =>
    {
        var luma = ((77 * image.Rgb[3 * at]) + (150 * image.Rgb[(3 * at) + 1]) + (29 * image.Rgb[(3 * at) + 2])) >> 8;
        var grey = (byte)(110 + (145 * (luma * Greys / 256) / (Greys - 1)));
        return (grey, grey, grey);
    });

    /// <summary>Each instance in the colour of its class on black.</summary>
    public static Image Classes(ImageLabels labels)
    {
        var rgb = new byte[3 * labels.Width * labels.Height];
        foreach (var instance in labels.Instances)
        {
            OverlayInk.Tint(rgb, instance.Mask, Overlay.Colour(instance.ClassId), 1);
        }

        return new Image(labels.Width, labels.Height, rgb);
    }

    /// <summary>A colour for each <see cref="Part"/> on black.</summary>
    /// <exception cref="ArgumentException">The frame was rendered without them.</exception>
    public static Image Parts(Frame frame)
    {
        var parts = Held(frame.Parts, FrameMaps.Parts);
        return Each(frame, at => parts[at] == 0 ? default : Bytes(Overlay.Colour(parts[at])));
    }

    /// <summary>World normals, −1 to 1 as 0 to 255: red is right, green is up, blue is out of the shelf; black where nothing is.</summary>
    public static Image Normals(Frame frame) => Each(frame, at =>
    {
        var (x, y, z) = (frame.Normals[3 * at], frame.Normals[(3 * at) + 1], frame.Normals[(3 * at) + 2]);
        return x == 0 && y == 0 && z == 0 ? default : (Share((x + 1) / 2), Share((y + 1) / 2), Share((z + 1) / 2));
    });

    /// <summary>Reflectance as it is.</summary>
    /// <exception cref="ArgumentException">The frame was rendered without it.</exception>
    public static Image Albedo(Frame frame) => new(frame.Width, frame.Height, Held(frame.Albedo, FrameMaps.Albedo));

    /// <summary>Irradiance as a display shows light; what makes white paper white is white, and more is cut off.</summary>
    /// <exception cref="ArgumentException">The frame was rendered without it.</exception>
    public static Image Irradiance(Frame frame)
    {
        var light = Held(frame.Irradiance, FrameMaps.Irradiance);
        return Each(frame, at => (Lit(light[3 * at]), Lit(light[(3 * at) + 1]), Lit(light[(3 * at) + 2])));

        static byte Lit(float value) => Share(MathF.Pow(Math.Clamp(value, 0, 1), DisplayGamma));
    }

    /// <summary>White where all the lamps are seen, black in full shadow.</summary>
    /// <exception cref="ArgumentException">The frame was rendered without it.</exception>
    public static Image Shadow(Frame frame)
    {
        var shadow = Held(frame.Shadow, FrameMaps.Shadow);
        return Each(frame, at =>
        {
            var grey = (byte)(255 - shadow[at]);
            return (grey, grey, grey);
        });
    }

    /// <summary>u as red, v as green; black where there is none.</summary>
    /// <exception cref="ArgumentException">The frame was rendered without it.</exception>
    public static Image Uv(Frame frame)
    {
        var uv = Held(frame.Uv, FrameMaps.Uv);
        return Each(frame, at => uv[2 * at] < 0 ? default : (Share(uv[2 * at]), Share(uv[(2 * at) + 1]), (byte)60));
    }

    private static Image Each(Frame frame, Func<int, (byte R, byte G, byte B)> colour) => Each(frame.Width, frame.Height, colour);

    private static Image Each(int width, int height, Func<int, (byte R, byte G, byte B)> colour)
    {
        var rgb = new byte[3 * width * height];
        for (var at = 0; at < width * height; at++)
        {
            (rgb[3 * at], rgb[(3 * at) + 1], rgb[(3 * at) + 2]) = colour(at);
        }

        return new Image(width, height, rgb);
    }

    private static (byte R, byte G, byte B) Bytes((float R, float G, float B) colour) => ((byte)colour.R, (byte)colour.G, (byte)colour.B);

    private static byte Share(float share) => (byte)((Math.Clamp(share, 0, 1) * 255) + 0.5f);

    private static T Held<T>(T? values, FrameMaps map)
        where T : class => values ?? throw new ArgumentException($"The frame was made without {map}; make it with {nameof(FrameMaps)}.{map}.");
}
