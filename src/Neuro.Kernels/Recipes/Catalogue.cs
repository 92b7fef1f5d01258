using System.Security.Cryptography;
using Neuro.Kernels.Artwork;

namespace Neuro.Kernels.Recipes;

/// <summary>Products with their pictures: what a shelf can be filled with.</summary>
[TypeFormatterSource("CatalogueFormatters")]
public sealed class Catalogue
{
    /// <summary>Edge of an artwork texture, in texels.</summary>
    public const int ArtworkSize = 256;

    // A share of the machine: a node with room keeps a thousand products drawn, a small one a hundred.
    private static readonly long ArtworkBytes = Math.Clamp(GC.GetGCMemoryInfo().TotalAvailableMemoryBytes / 8, 256L << 20, 4L << 30);

    private readonly CatalogueDocument document;
    private readonly Func<string, byte[]> read;
    private readonly ArtworkCache artworks;
    private readonly Lazy<ILookup<(string?, ProductShape, string), int>> families;
    private readonly Lazy<string> hash;

    private Catalogue(CatalogueDocument document, Func<string, byte[]> read, long artworkBytes)
    {
        this.document = document;
        this.read = read;
        artworks = new(key => key < Products.Count ? Draw(document.Products[key]) : Draw(document.Backgrounds[key - Products.Count]), artworkBytes);
        families = new(() => Enumerable.Range(0, Products.Count).ToLookup(index => Family(Products[index])));
        hash = new(HashOfPack);
    }

    /// <summary>What the catalogue is called.</summary>
    public string Name => document.Name;

    /// <summary>The products; a product's class id is its index here.</summary>
    public IReadOnlyList<Product> Products => document.Products;

    /// <summary>How many pictures it brings to stand behind a product in the hand.</summary>
    public int BackgroundCount => document.Backgrounds.Count;

    /// <summary>SHA-256 of <see cref="Pack"/>, in lower-case hex.</summary>
    public string Hash => hash.Value;

    /// <summary>Reads <c>catalogue.json</c>, <c>products.csv</c> (columns sku, name, shape, widthMm, heightMm, depthMm, picture and optionally back, left, right, top, bottom, wrap, family, finish, tint, contents, cap, topColour) or <c>classes.csv</c> (columns class_id, name, iconic: cartons) from a folder.</summary>
    /// <remarks>
    /// The pictures stay in the folder and are read when they are wanted. Those of a CSV are photos on white, and sizes that it leaves out come from the cut-out's proportions; the tallest product without any size is 240 mm.
    /// </remarks>
    /// <exception cref="CatalogueException">Nothing to load, or something in it that cannot be used; it says what.</exception>
    public static Catalogue Load(string folder) => Load(folder, ArtworkBytes);

    internal static Catalogue Load(string folder, long artworkBytes)
    {
        var (document, pictures) = CatalogueFolder.Read(folder);
        return new Catalogue(document, pictures.Read, artworkBytes);
    }

    /// <summary>The same products, some of them in other shapes or with colours of cap and top: where a CSV says none, and a picture only shows whether there is a roof.</summary>
    /// <param name="csvFile">Columns name, shape and, if wanted, cap and topColour (<c>#rrggbb</c> or empty); products that it leaves out stay as they are.</param>
    /// <exception cref="CatalogueException"><c>catalogue.malformed</c>, <c>catalogue.unknown_shape</c>, naming the line.</exception>
    public Catalogue WithShapes(string csvFile)
    {
        var shapes = ShapesCsv.Read(csvFile, Products.Select(product => product.Name).ToHashSet());
        return new Catalogue(document with { Products = [.. Products.Select(product => shapes.TryGetValue(product.Name, out var given) ? product with { Shape = given.Shape, Cap = given.Cap ?? product.Cap, TopColour = given.Top ?? product.TopColour } : product)] }, read, ArtworkBytes);
    }

    /// <summary>The same products with their pictures changed, in whatever way keeps them pictures (PNG, JPEG or WebP).</summary>
    public Catalogue WithPictures(Func<byte[], byte[]> change) => new(document, path => change(read(path)), ArtworkBytes);

    /// <summary>Reads what <see cref="Pack"/> wrote. The bytes may come from a stranger: count, sizes, names and pictures are bounded and checked.</summary>
    /// <exception cref="CatalogueException">Not a packed catalogue, or one beyond the bounds; it says what.</exception>
    public static Catalogue Unpack(byte[] tar)
    {
        var (document, pictures) = CatalogueTar.Read(tar);
        return new Catalogue(document, path => pictures[path], ArtworkBytes);
    }

    /// <summary>The whole catalogue as one tar: <c>catalogue.json</c> and the pictures as they were encoded. Same catalogue, same bytes.</summary>
    /// <exception cref="CatalogueException">The pictures take more than travels as one piece (<c>catalogue.too_large</c>), or one of them cannot be read.</exception>
    public byte[] Pack()
    {
        using var tar = new MemoryStream();
        var total = 0L;
        CatalogueTar.Write(document, path => Counted(read(path), ref total), tar);
        return tar.ToArray();
    }

    /// <summary>What is printed on a face of a product, <see cref="ArtworkSize"/> texels square; a face without a picture is invented from the others.</summary>
    /// <param name="product">Index in <see cref="Products"/>.</param>
    /// <param name="face">One that its shape has.</param>
    /// <returns>The same object for as long as it is among the artwork used last.</returns>
    /// <exception cref="CatalogueException">A picture of it cannot be decoded (<c>catalogue.picture_unreadable</c>) or is not the one that was loaded (<c>catalogue.picture_changed</c>).</exception>
    public Texture Artwork(int product, Face face = Face.Front) => artworks.Get(product, face);

    /// <summary>Height of a carton's roof over its whole height, as its picture shows it; 0 where it shows none.</summary>
    internal float RoofShare(int product) => ((ProductArtwork)artworks.Get(product)).RoofShare;

    /// <summary>A background, from 0 up to <see cref="BackgroundCount"/>.</summary>
    /// <exception cref="CatalogueException">As of <see cref="Artwork"/>.</exception>
    internal BackgroundPicture Background(int index) => (BackgroundPicture)artworks.Get(Products.Count + index);

    /// <summary>The products that are easily taken for this one: those of its family, or where it has none those of its shape without a family whose name begins with the same word.</summary>
    /// <param name="product">Index in <see cref="Products"/>.</param>
    /// <returns>Indices in ascending order, without its own.</returns>
    public IReadOnlyList<int> Confusables(int product) => [.. families.Value[Family(Products[product])].Where(other => other != product)];

    /// <summary>A number for each product: those of the same number are <see cref="Confusables"/>.</summary>
    internal IReadOnlyList<int> ConfusableGroups()
    {
        var groups = new int[Products.Count];
        foreach (var (group, number) in families.Value.Select((group, number) => (group, number)))
        {
            foreach (var product in group)
            {
                groups[product] = number;
            }
        }

        return groups;
    }

    /// <summary>The picture as it was encoded (PNG, JPEG or WebP).</summary>
    /// <param name="product">Index in <see cref="Products"/>.</param>
    public byte[] Picture(int product) => [.. read(Products[product].Picture)];

    private static (string? Family, ProductShape Shape, string Brand) Family(Product product) =>
        product.Family is { } family ? (family, default, "") : (null, product.Shape, product.Name.Split(' ', 2)[0].ToLowerInvariant());

    private static byte[] Counted(byte[] picture, ref long total)
    {
        CataloguePictures.CheckTotal(total += picture.Length);
        return picture;
    }

    private string HashOfPack()
    {
        using var sha = SHA256.Create();
        using (var hashing = new CryptoStream(Stream.Null, sha, CryptoStreamMode.Write))
        {
            CatalogueTar.Write(document, read, hashing);
        }

        return Convert.ToHexStringLower(sha.Hash!);
    }

    private (IArtwork Artwork, long Bytes) Draw(Product product)
    {
        var pictures = product.Faces.ToDictionary(face => face.Key, face => CataloguePictures.Decode(face.Value, read(face.Value)));

        // The pictures as they are, and cut out.
        return (ProductArtwork.Make(product, pictures, document.OnWhite), 2 * pictures.Values.Sum(picture => (long)picture.Rgb.Length));
    }

    // The picture itself is let go: all of it is in the texture.
    private (IArtwork Artwork, long Bytes) Draw(string background) => (BackgroundPicture.Of(CataloguePictures.Decode(background, read(background))), 0);
}
