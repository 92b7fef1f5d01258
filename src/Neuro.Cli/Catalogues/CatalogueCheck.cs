using System.Collections.Concurrent;
using System.Globalization;
using System.Text.Json;
using Neuro.Client.Api;
using Neuro.Kernels;
using Neuro.Kernels.Formats;
using Neuro.Kernels.Recipes;

namespace Neuro.Cli.Catalogues;

/// <summary>A close look at a catalogue before it is published: every picture is decoded, and what is unusual is said.</summary>
internal static class CatalogueCheck
{
    private const int Named = 20;
    private const float SmallMm = 20;
    private const float LargeMm = 600;

    public static int PictureCount(Catalogue catalogue) => Pictures(catalogue).Count;

    /// <summary>Decodes every picture of every face.</summary>
    /// <returns>How many there are.</returns>
    /// <exception cref="NeuroException"><c>catalogue.pictures_unusable</c>, which names those that cannot be used.</exception>
    public static int DecodeAll(Catalogue catalogue, string folder, IProgress<int> done, CancellationToken cancel)
    {
        var pictures = Pictures(catalogue);
        var broken = new ConcurrentBag<string>();
        var decoded = 0;
        Parallel.ForEach(pictures, new ParallelOptions { CancellationToken = cancel }, picture =>
        {
            try
            {
                Codec.Decode(File.ReadAllBytes(Path.Combine(folder, picture)), picture);
            }
            catch (Exception wrong) when (wrong is KernelsException or IOException or UnauthorizedAccessException)
            {
                broken.Add(wrong.Message);
            }

            done.Report(Interlocked.Increment(ref decoded));
        });
        if (!broken.IsEmpty)
        {
            var more = broken.Count > Named ? $"\n  … and {broken.Count - Named} more" : "";
            throw new NeuroException("catalogue.pictures_unusable", $"{broken.Count} of {pictures.Count} pictures cannot be used:\n  {string.Join("\n  ", broken.Order(StringComparer.Ordinal).Take(Named))}{more}");
        }

        return pictures.Count;
    }

    /// <summary>What is in it, a line each: products, shapes, faces, families, sizes that may be a slip.</summary>
    public static IEnumerable<string> Describe(Catalogue catalogue)
    {
        var products = catalogue.Products;
        yield return Line($"{catalogue.Name}: {products.Count:N0} products, {PictureCount(catalogue):N0} pictures, catalogue {catalogue.Hash}");
        yield return $"  shapes    {Counted(products.Select(product => Spelled(product.Shape)))}";
        yield return $"  faces     {Counted(products.SelectMany(product => product.Faces.Keys).Select(Spelled))}; the others are invented";
        var (families, alike) = (products.Select(product => product.Family).OfType<string>().Distinct().Count(), Enumerable.Range(0, products.Count).Count(product => catalogue.Confusables(product).Count > 0));
        yield return Line($"  families  {families:N0} named; {alike:N0} products are easily taken for another");
        var unusual = products.Where(product => Math.Min(product.WidthMm, Math.Min(product.HeightMm, product.DepthMm)) < SmallMm || Math.Max(product.WidthMm, Math.Max(product.HeightMm, product.DepthMm)) > LargeMm).ToList();
        if (unusual.Count > 0)
        {
            yield return Line($"  sizes     {unusual.Count:N0} below {SmallMm:0} mm or above {LargeMm:0} mm; are these millimetres?");
            foreach (var product in unusual.Take(Named))
            {
                yield return Line($"            {product.Sku}: {product.WidthMm:0.#} × {product.HeightMm:0.#} × {product.DepthMm:0.#} mm");
            }
        }
    }

    private static List<string> Pictures(Catalogue catalogue) => [.. catalogue.Products.SelectMany(product => product.Faces.Values).Distinct(StringComparer.Ordinal)];

    private static string Counted(IEnumerable<string> names) =>
        string.Join(", ", names.GroupBy(name => name).OrderByDescending(group => group.Count()).ThenBy(group => group.Key, StringComparer.Ordinal).Select(group => Line($"{group.Count():N0} {group.Key}")));

    private static string Spelled<T>(T value)
        where T : Enum => JsonNamingPolicy.KebabCaseLower.ConvertName(value.ToString());

    private static string Line(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
