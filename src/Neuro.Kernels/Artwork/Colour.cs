using System.Globalization;

namespace Neuro.Kernels.Artwork;

/// <summary>A printed colour, as encoded in a picture.</summary>
internal readonly record struct Colour(byte Red, byte Green, byte Blue)
{
    public static readonly Colour Black = new(0, 0, 0);
    public static readonly Colour White = new(255, 255, 255);

    /// <summary>0 to 255, Rec. 601.</summary>
    public int Luma => (77 * Red + 150 * Green + 29 * Blue) >> 8;

    /// <summary>RGBA8, red in the lowest byte, opaque.</summary>
    public uint Texel => Red | (uint)Green << 8 | (uint)Blue << 16 | 0xFF000000;

    public static Colour FromTexel(uint texel) => new((byte)texel, (byte)(texel >> 8), (byte)(texel >> 16));

    /// <summary>Reads #rrggbb.</summary>
    public static bool TryParse(string? text, out Colour colour)
    {
        colour = default;
        if (text is not ['#', _, _, _, _, _, _] || !uint.TryParse(text.AsSpan(1), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var rgb))
        {
            return false;
        }

        colour = new Colour((byte)(rgb >> 16), (byte)(rgb >> 8), (byte)rgb);
        return true;
    }

    /// <summary>Hue in turns, saturation and value from 0 to 1, by the hexcone model (Smith 1978).</summary>
    public static Colour FromHue(double hue, double saturation, double value)
    {
        var turn = 6 * (hue - Math.Floor(hue));
        byte Channel(double offset)
        {
            var k = (turn + offset) % 6;
            return (byte)(255 * value * (1 - saturation * Math.Clamp(Math.Min(k, 4 - k), 0, 1)) + 0.5);
        }

        return new Colour(Channel(5), Channel(3), Channel(1));
    }

    /// <summary>Hue in turns, saturation and value from 0 to 1.</summary>
    public (double Hue, double Saturation, double Value) ToHue()
    {
        double max = Math.Max(Red, Math.Max(Green, Blue)), min = Math.Min(Red, Math.Min(Green, Blue));
        if (max == min)
        {
            return (0, 0, max / 255);
        }

        var turn = max == Red ? (Green - Blue) / (max - min) : max == Green ? 2 + (Blue - Red) / (max - min) : 4 + (Red - Green) / (max - min);
        return ((turn < 0 ? turn + 6 : turn) / 6, (max - min) / max, max / 255);
    }

    public Colour Mix(Colour other, float share)
    {
        byte Channel(byte a, byte b) => (byte)(a + (b - a) * share + 0.5f);
        return new Colour(Channel(Red, other.Red), Channel(Green, other.Green), Channel(Blue, other.Blue));
    }

    /// <summary>Towards white by a positive share, towards black by a negative one.</summary>
    public Colour Lighter(float by) => by >= 0 ? Mix(White, by) : Mix(Black, -by);

    public override string ToString() => $"#{Red:x2}{Green:x2}{Blue:x2}";
}
