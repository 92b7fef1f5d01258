using Neuro.Kernels.Formats;
using Neuro.Kernels.Recipes;

namespace Neuro.Kernels.Artwork;

/// <summary>A background picture, the whole of it in a square.</summary>
/// <param name="Texture"><see cref="Size"/> texels square.</param>
/// <param name="Aspect">Width over height of the picture before it was stretched.</param>
internal sealed record BackgroundPicture(Texture Texture, float Aspect) : IArtwork
{
    /// <summary>Edge in texels: a background fills the view, a product's face a part of it.</summary>
    public const int Size = 2 * Catalogue.ArtworkSize;

    public static BackgroundPicture Of(Image picture)
    {
        var (right, bottom) = (picture.Width, picture.Height);
        return new(Rectifier.Pull(picture, new Quad((0, 0), (right, 0), (right, bottom), (0, bottom)), Size), (float)right / bottom);
    }

    Texture IArtwork.Of(Face face) => Texture;
}
