using Neuro.Kernels.Formats;
using Neuro.Kernels.Recipes;

namespace Neuro.Kernels.Artwork;

/// <summary>What is printed on a product: one texture a face, made when it is first asked for and kept.</summary>
/// <remarks>
/// A face comes from its own picture where there is one; the sides and the roof of a carton also from a three-quarter view on white.
/// All others are invented from the front, the same for the same sku.
/// </remarks>
internal sealed class ProductArtwork : IArtwork
{
    private readonly Product product;
    private readonly bool round;
    private readonly Lazy<Dictionary<Face, CartonView>> views;
    private readonly Lazy<InventedFaces> invented;
    private readonly Lazy<Texture>[] faces;

    private ProductArtwork(Product product, IReadOnlyDictionary<Face, Image> pictures, bool onWhite)
    {
        this.product = product;
        round = product.Shape.IsRound();

        views = Views(pictures, onWhite, round);
        invented = new(Invent);
        faces = [.. Enum.GetValues<Face>().Select(face => new Lazy<Texture>(() => Draw(face)))];
    }

    /// <summary>Height of a carton's roof over its whole height; 0 when its picture shows none.</summary>
    public float RoofShare => Front.RoofShare;

    /// <summary>Takes a product's pictures; nothing is drawn yet.</summary>
    /// <param name="product">Its size sets the scale of what is invented, its sku chooses it.</param>
    /// <param name="pictures">At least one; the front, or the wrap of a round product, if there is a choice.</param>
    /// <param name="onWhite">The pictures are photos on white and have to be cut out; else they fill their frame.</param>
    /// <exception cref="ArgumentException">No picture.</exception>
    public static ProductArtwork Make(Product product, IReadOnlyDictionary<Face, Image> pictures, bool onWhite) =>
        pictures.Count > 0 ? new(product, pictures, onWhite) : throw new ArgumentException($"{product.Sku} has no picture; give at least one of its front.", nameof(pictures));

    /// <summary>The texture of a face, <see cref="Catalogue.ArtworkSize"/> texels square, as one sees it from outside.</summary>
    /// <remarks>The lower edge of <see cref="Face.Top"/> and the upper edge of <see cref="Face.Bottom"/> touch the front; the middle of <see cref="Face.Wrap"/> is the front.</remarks>
    public Texture Of(Face face) => faces[(int)face].Value;

    private CartonView Front => views.Value[Face.Front];

    private float Around => MathF.PI * product.WidthMm;

    /// <summary>What each picture shows; where none is of the front, the first stands for it.</summary>
    private static Lazy<Dictionary<Face, CartonView>> Views(IReadOnlyDictionary<Face, Image> pictures, bool onWhite, bool round)
    {
        // The pictures are held by this one function, and let go once it has run: a texture is a fraction of a photo.
        return new(() =>
        {
            var views = new Dictionary<Face, CartonView>();
            foreach (var (face, picture) in pictures.OrderBy(picture => picture.Key))
            {
                var flat = onWhite && round ? CutOut.Of(picture).Cropped() : picture;
                views.Add(face, onWhite && !round ? CartonView.OfCarton(CutOut.Of(picture)) : CartonView.OfFullFrame(flat));
                views.TryAdd(Face.Front, face is Face.Wrap ? CartonView.OfWrap(flat) : views[face]);
            }

            return views;
        });
    }

    private Texture Draw(Face face) => views.Value.TryGetValue(face, out var own) ? own.Front : face switch
    {
        Face.Left or Face.Right when Front.Side is { } side => side,
        Face.Top when Front.Roof is { } roof => roof,
        Face.Top => invented.Value.Top(product.WidthMm, product.DepthMm, round),
        Face.Bottom => invented.Value.Bottom(product.WidthMm, product.DepthMm, round),
        Face.Wrap => invented.Value.Wrap(Around, product.HeightMm),
        Face.Back => invented.Value.Back(product.WidthMm, product.HeightMm),
        _ => invented.Value.Side(face, product.DepthMm, product.HeightMm),
    };

    private InventedFaces Invent() => new(Front.Front, (round ? InventedFaces.FrontShare * Around : product.WidthMm) / product.HeightMm, Seed(product.Sku));

    /// <summary>FNV-1a (Fowler, Noll and Vo), 64 bits, over the characters.</summary>
    private static ulong Seed(string sku)
    {
        var hash = 0xCBF29CE484222325;
        foreach (var c in sku)
        {
            hash = (hash ^ c) * 0x100000001B3;
        }

        return hash;
    }
}
