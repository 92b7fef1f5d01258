using Neuro.Kernels.Formats;
using Neuro.Kernels.Recipes;

namespace Neuro.Kernels.Artwork;

/// <summary>Pulls a quadrilateral of a picture straight into a square texture.</summary>
/// <remarks>Projective map of the unit square onto a quadrilateral: Heckbert, Fundamentals of Texture Mapping (1989), section 2.2.3. Edges lie between pixels: (0, 0) is the outer corner of the first.</remarks>
internal static class Rectifier
{
    private const int MostSamples = 8;

    /// <summary>2×2 bilinear samples a texel, more where the picture is finer than the texture.</summary>
    /// <param name="size">Edge of the texture in texels, a power of two.</param>
    public static Texture Pull(Image picture, Quad quad, int size = Catalogue.ArtworkSize)
    {
        var map = Homography.OfUnitSquare(quad);
        var samples = Math.Clamp((int)MathF.Ceiling(LongestEdge(quad) / size), 2, MostSamples);
        var step = 1f / samples;
        var texels = new uint[size * size];
        for (var y = 0; y < size; y++)
        {
            for (var x = 0; x < size; x++)
            {
                var sum = Light.None;
                for (var sample = 0; sample < samples * samples; sample++)
                {
                    var (u, v) = map.At((x + step * (sample % samples + 0.5f)) / size, (y + step * (sample / samples + 0.5f)) / size);
                    sum += Bilinear(picture, u - 0.5f, v - 0.5f);
                }

                texels[y * size + x] = sum.ToTexel(step * step);
            }
        }

        return Texture.FromTexels(size, texels);
    }

    private static float LongestEdge(Quad quad)
    {
        static float Length((float X, float Y) a, (float X, float Y) b) => MathF.Sqrt((a.X - b.X) * (a.X - b.X) + (a.Y - b.Y) * (a.Y - b.Y));
        return Math.Max(
            Math.Max(Length(quad.TopLeft, quad.TopRight), Length(quad.TopRight, quad.BottomRight)),
            Math.Max(Length(quad.BottomRight, quad.BottomLeft), Length(quad.BottomLeft, quad.TopLeft)));
    }

    private static Light Bilinear(Image picture, float x, float y)
    {
        var (x0, y0) = (MathF.Floor(x), MathF.Floor(y));
        var (fx, fy) = (x - x0, y - y0);
        var upper = (1 - fx) * Pixel(picture, (int)x0, (int)y0) + fx * Pixel(picture, (int)x0 + 1, (int)y0);
        var lower = (1 - fx) * Pixel(picture, (int)x0, (int)y0 + 1) + fx * Pixel(picture, (int)x0 + 1, (int)y0 + 1);
        return (1 - fy) * upper + fy * lower;
    }

    private static Light Pixel(Image picture, int x, int y)
    {
        var at = 3 * (Math.Clamp(y, 0, picture.Height - 1) * picture.Width + Math.Clamp(x, 0, picture.Width - 1));
        return new Light(picture.Rgb[at], picture.Rgb[at + 1], picture.Rgb[at + 2]);
    }

    private readonly record struct Light(float R, float G, float B)
    {
        public static Light None => default;

        public static Light operator +(Light a, Light b) => new(a.R + b.R, a.G + b.G, a.B + b.B);

        public static Light operator *(float weight, Light c) => new(weight * c.R, weight * c.G, weight * c.B);

        public uint ToTexel(float scale) => Byte(R * scale) | Byte(G * scale) << 8 | Byte(B * scale) << 16 | 0xFF000000;

        private static uint Byte(float value) => (uint)Math.Clamp(value + 0.5f, 0, 255);
    }

    private readonly record struct Homography(float A, float B, float C, float D, float E, float F, float G, float H)
    {
        public static Homography OfUnitSquare(Quad quad)
        {
            var ((x0, y0), (x1, y1), (x2, y2), (x3, y3)) = (quad.TopLeft, quad.TopRight, quad.BottomRight, quad.BottomLeft);
            var (dx1, dx2, dx3) = (x1 - x2, x3 - x2, x0 - x1 + x2 - x3);
            var (dy1, dy2, dy3) = (y1 - y2, y3 - y2, y0 - y1 + y2 - y3);
            var area = dx1 * dy2 - dx2 * dy1;
            var (g, h) = area == 0 ? (0, 0) : ((dx3 * dy2 - dx2 * dy3) / area, (dx1 * dy3 - dx3 * dy1) / area);
            return new Homography(x1 - x0 + g * x1, x3 - x0 + h * x3, x0, y1 - y0 + g * y1, y3 - y0 + h * y3, y0, g, h);
        }

        public (float X, float Y) At(float u, float v)
        {
            var w = G * u + H * v + 1;
            return ((A * u + B * v + C) / w, (D * u + E * v + F) / w);
        }
    }
}
