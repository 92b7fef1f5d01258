using Neuro.Kernels.Formats;
using Neuro.Kernels.Recipes;

namespace Neuro.Kernels.Artwork;

/// <summary>The faces that one picture of a product shows, each pulled straight.</summary>
/// <param name="Front">Always there.</param>
/// <param name="Side">In a three-quarter view.</param>
/// <param name="Roof">The slope above the front of a gable-top carton.</param>
/// <param name="RoofShare">Its height over the product's.</param>
internal sealed record CartonView(Texture Front, Texture? Side, Texture? Roof, float RoofShare)
{
    // Seen at a steeper angle a side is a smear when it is pulled wide.
    private const float NarrowestSide = 0.15f;

    /// <summary>The whole picture is the front.</summary>
    public static CartonView OfFullFrame(Image picture) => OfFront(picture, 0, 0, picture.Width, picture.Height);

    /// <summary>The middle of a picture that goes all around.</summary>
    public static CartonView OfWrap(Image wrap)
    {
        var half = Math.Max(1, (int)(InventedFaces.FrontShare * wrap.Width)) / 2;
        return OfFront(wrap, wrap.Width / 2 - half, 0, wrap.Width / 2 + half, wrap.Height);
    }

    /// <summary>A carton on white: its front, its roof, and its side where it is turned.</summary>
    public static CartonView OfCarton(CutOut product)
    {
        var faces = CartonFaces.Of(product);
        var side = faces.SideShare >= NarrowestSide ? faces.Side : null;
        return new CartonView(Rectifier.Pull(product.Picture, faces.Front), Pull(side), Pull(faces.Roof), faces.RoofShare);

        Texture? Pull(Quad? face) => face is { } quad ? Rectifier.Pull(product.Picture, quad) : null;
    }

    private static CartonView OfFront(Image picture, int left, int top, int right, int bottom) =>
        new(Rectifier.Pull(picture, new Quad((left, top), (right, top), (right, bottom), (left, bottom))), null, null, 0);
}
