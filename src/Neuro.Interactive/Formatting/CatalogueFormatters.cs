using System.Globalization;
using System.Text.Json;
using Neuro.Kernels.Formats;
using Neuro.Kernels.Recipes;

namespace Neuro.Interactive.Formatting;

/// <summary>How a product catalogue is shown: its pictures with name and size.</summary>
internal sealed class CatalogueFormatters : FormatterSource<Catalogue>
{
    private const int MostShown = 60;
    private const int Edge = 120;

    protected override string ToText(Catalogue catalogue) => string.Join('\n', Shown(catalogue).Select(Line).Prepend(Title(catalogue)));

    protected override Html ToHtml(Catalogue catalogue) => HtmlParts.Card(
        Title(catalogue),
        HtmlParts.Gallery(110, Shown(catalogue).Select((product, index) => Figure(catalogue, product, index))),
        Html.Of($"<p class=\"neuro-quiet\" style=\"margin:.4em 0 0\">{Rest(catalogue)}catalogue {Wording.Code(catalogue.Hash)}</p>"));

    private static IEnumerable<Product> Shown(Catalogue catalogue) => catalogue.Products.Take(MostShown);

    private static string Title(Catalogue catalogue) => $"Catalogue {catalogue.Name}: {Wording.Count(catalogue.Products.Count, "product")}";

    private static string Rest(Catalogue catalogue) => catalogue.Products.Count > MostShown ? $"the first {MostShown} are shown · " : "";

    private static string Line(Product product) => $"  {product.Name}, {Shape(product)}";

    private static string Shape(Product product) => string.Create(
        CultureInfo.InvariantCulture, $"{JsonNamingPolicy.KebabCaseLower.ConvertName(product.Shape.ToString()).Replace('-', ' ')}, {product.WidthMm:0} × {product.HeightMm:0} × {product.DepthMm:0} mm");

    private static Html Figure(Catalogue catalogue, Product product, int index)
    {
        var picture = Codec.Decode(catalogue.Picture(index), product.Picture);
        var small = Codec.Jpeg(Thumbnails.Smaller(picture, Math.Max(1, (Math.Max(picture.Width, picture.Height) + Edge - 1) / Edge)));
        return Html.Of($"""<figure class="neuro-figure" style="display:block;margin:0;text-align:center;align-self:end">{HtmlParts.Picture(small, product.Name, MimeTypes.Jpeg)}<figcaption title="{Shape(product)}" style="font-size:.8em;overflow-wrap:anywhere">{product.Name}</figcaption></figure>""");
    }
}
