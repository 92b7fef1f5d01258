using System.Security.Cryptography;
using Neuro.Kernels.Artwork;
using Neuro.Kernels.Formats;

namespace Neuro.Kernels.Recipes;

/// <summary>Products with their pictures: what a shelf can be filled with.</summary>
[TypeFormatterSource("CatalogueFormatters")]
public sealed class Catalogue
{
    /// <summary>Edge of an artwork texture, in texels.</summary>
    public const int ArtworkSize = 256;

    private readonly CatalogueDocument document;
    private readonly IReadOnlyDictionary<string, byte[]> pictures;
    private readonly Lazy<ProductArtwork>[] artworks;
    private readonly Lazy<byte[]> packed;
    private readonly Lazy<string> hash;

    private Catalogue(CatalogueDocument document, IReadOnlyDictionary<string, byte[]> pictures)
    {
        this.document = document;
        this.pictures = pictures;
        artworks = [.. document.Products.Select(product => new Lazy<ProductArtwork>(() => Draw(product)))];
        packed = new(() => CatalogueTar.Write(document, pictures));
        hash = new(() => Convert.ToHexStringLower(SHA256.HashData(packed.Value)));
    }

    /// <summary>What the catalogue is called.</summary>
    public string Name => document.Name;

    /// <summary>The products; a product's class id is its index here.</summary>
    public IReadOnlyList<Product> Products => document.Products;

    /// <summary>SHA-256 of <see cref="Pack"/>, in lower-case hex.</summary>
    public string Hash => hash.Value;

    /// <summary>Reads <c>catalogue.json</c> and its pictures from a folder, or <c>classes.csv</c> (columns class_id, name, iconic) with pictures of cartons on white.</summary>
    /// <remarks>Products of a CSV are boxes; their proportions come from the cut-out pictures, the tallest is 240 mm.</remarks>
    /// <exception cref="CatalogueException">Nothing to load, or something in it that cannot be used; it says what.</exception>
    public static Catalogue Load(string folder)
    {
        var (document, pictures) = CatalogueFolder.Read(folder);
        return new Catalogue(document, pictures);
    }

    /// <summary>Reads what <see cref="Pack"/> wrote. The bytes may come from a stranger: count, sizes, names and pictures are bounded and checked.</summary>
    /// <exception cref="CatalogueException">Not a packed catalogue, or one beyond the bounds; it says what.</exception>
    public static Catalogue Unpack(byte[] tar)
    {
        var (document, pictures) = CatalogueTar.Read(tar);
        return new Catalogue(document, pictures);
    }

    /// <summary>The whole catalogue as one tar: <c>catalogue.json</c> and the pictures as they were encoded. Same catalogue, same bytes.</summary>
    public byte[] Pack() => [.. packed.Value];

    /// <summary>What is printed on a product's front, or around a cylinder; <see cref="ArtworkSize"/> texels square.</summary>
    /// <param name="product">Index in <see cref="Products"/>.</param>
    public Texture Artwork(int product) => artworks[product].Value.Front;

    /// <summary>What is printed on a box's sides: the visible side of a catalogue picture where there is one, else the front's own edge colours.</summary>
    /// <param name="product">Index in <see cref="Products"/>.</param>
    public Texture Side(int product) => artworks[product].Value.Side;

    /// <summary>The picture as it was encoded (PNG, JPEG or WebP).</summary>
    /// <param name="product">Index in <see cref="Products"/>.</param>
    public byte[] Picture(int product) => [.. pictures[Products[product].Picture]];

    private ProductArtwork Draw(Product product)
    {
        var picture = Codec.Decode(pictures[product.Picture], product.Picture);
        return document.OnWhite ? ProductArtwork.FromCutOut(CutOut.Of(picture)) : ProductArtwork.FromFullFrame(picture);
    }
}
