using Neuro.Kernels.Formats;
using Neuro.Kernels.Recipes;

namespace Neuro.Kernels.Artwork;

/// <summary>The two textures of a product.</summary>
/// <param name="Front">The front of a box, or the wrap of a cylinder.</param>
/// <param name="Side">The sides of a box.</param>
internal sealed record ProductArtwork(Texture Front, Texture Side)
{
    /// <summary>Front, and side where the picture shows one, each pulled straight out of the photo.</summary>
    public static ProductArtwork FromCutOut(CutOut product)
    {
        var faces = CartonFaces.Of(product);
        var front = Rectifier.Pull(product.Picture, faces.Front);
        return new ProductArtwork(front, faces.Side is { } side ? Rectifier.Pull(product.Picture, side) : EdgeColours(front));
    }

    /// <summary>The picture is the artwork.</summary>
    public static ProductArtwork FromFullFrame(Image picture)
    {
        var front = Rectifier.Pull(picture, new Quad((0, 0), (picture.Width, 0), (picture.Width, picture.Height), (0, picture.Height)));
        return new ProductArtwork(front, EdgeColours(front));
    }

    /// <summary>Each row takes the mean of the outer columns: stripes and panels run on around the corner, print does not.</summary>
    private static Texture EdgeColours(Texture front)
    {
        const int Columns = 8;
        var size = front.Size;
        var texels = new uint[size * size];
        for (var y = 0; y < size; y++)
        {
            var row = front.Mips[0].AsSpan(y * size, size);
            uint r = 0, g = 0, b = 0;
            foreach (var texel in (ReadOnlySpan<uint>)[.. row[..Columns], .. row[^Columns..]])
            {
                r += texel & 0xFF;
                g += (texel >> 8) & 0xFF;
                b += (texel >> 16) & 0xFF;
            }

            const uint Count = 2 * Columns;
            texels.AsSpan(y * size, size).Fill(r / Count | g / Count << 8 | b / Count << 16 | 0xFF000000);
        }

        return Texture.FromTexels(size, texels);
    }
}
