using System.Globalization;
using Neuro.Kernels.Compute;
using Neuro.Kernels.Formats;
using Neuro.Kernels.Labels;
using Neuro.Kernels.Recipes;
using Neuro.Kernels.Rendering;
using Neuro.Kernels.Scenes;

namespace Neuro.Interactive.Formatting;

/// <summary>One image of a recipe before anything is ordered: colours, boxes, instance mask, depth, and the other pixel maps.</summary>
[TypeFormatterSource(typeof(ScenePreviewFormatters))]
public sealed class ScenePreview
{
    private const int JpegQuality = 88;

    private ScenePreview(string recipeHash, string catalogue, ulong seed, ImageLabels labels)
    {
        (RecipeHash, Catalogue, Seed, Labels) = (recipeHash, catalogue, seed, labels);
    }

    /// <summary>SHA-256 of the recipe, in hex.</summary>
    public string RecipeHash { get; }

    /// <summary>The catalogue's name.</summary>
    public string Catalogue { get; }

    public ulong Seed { get; }

    /// <summary>Number of the image within its dataset.</summary>
    public int Index => Labels.Index;

    /// <summary>The labels that the dataset would carry.</summary>
    public ImageLabels Labels { get; }

    /// <summary>Colours, JPEG.</summary>
    public required byte[] Rgb { get; init; }

    /// <summary>Colours with boxes and masks drawn over them, JPEG.</summary>
    public required byte[] Boxes { get; init; }

    /// <summary>A colour per instance, PNG.</summary>
    public required byte[] Mask { get; init; }

    /// <summary>Depth in false colour, JPEG: near is bright.</summary>
    public required byte[] Depth { get; init; }

    /// <summary>The other pixel maps and the amodal boxes at half the size, by name.</summary>
    public required IReadOnlyList<(string Name, byte[] Jpeg)> Maps { get; init; }

    /// <summary>The nearest and farthest surface, metres.</summary>
    public required (float Near, float Far) DepthRange { get; init; }

    /// <summary>Renders image <paramref name="index"/> of (recipe, seed) on this machine; the same pixels as in the dataset.</summary>
    /// <exception cref="ArgumentOutOfRangeException">A negative index.</exception>
    /// <exception cref="RecipeException">A knob that cannot be.</exception>
    public static ScenePreview Render(Recipe recipe, Catalogue catalogue, ulong seed, int index = 0)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(index);
        using var backend = RenderBackends.Create();
        var scene = SceneBuilder.Build(recipe, catalogue, seed, index);
        var frame = new Frame(scene.Width, scene.Height, FrameMaps.All);
        backend.Render(scene, frame);
        return Of(frame, LabelPass.Run(scene, frame), seed, recipe.Hash, catalogue.Name);
    }

    internal static ScenePreview Of(Frame frame, ImageLabels labels, ulong seed, string recipeHash, string catalogue)
    {
        var colours = new Image(frame.Width, frame.Height, frame.Rgb);
        var surfaces = frame.Depth.Where(float.IsFinite).DefaultIfEmpty(0).ToList();
        var (near, far) = (surfaces.Min(), surfaces.Max());
        return new(recipeHash, catalogue, seed, labels)
        {
            Rgb = Codec.Jpeg(colours, JpegQuality),
            Boxes = Codec.Jpeg(Overlay.Draw(colours, labels), JpegQuality),
            Mask = Codec.Png(Overlay.InstanceMask(labels)),
            Depth = Codec.Jpeg(Overlay.Depth(frame.Width, frame.Height, frame.Depth), JpegQuality),
            DepthRange = (near, far),
            Maps =
            [
                ("boxes, and amodal boxes in black", Small(OverlayShapes.Boxes(OverlayMaps.Faded(colours), labels))),
                ("parts, a colour for each kind of face", Small(OverlayMaps.Parts(frame))),
                ("normals: red right, green up, blue to the front", Small(OverlayMaps.Normals(frame))),
                ("albedo: the print without light", Small(OverlayMaps.Albedo(frame))),
                ("irradiance: the light without print", Small(OverlayMaps.Irradiance(frame))),
                ("shadow of the lamps", Small(OverlayMaps.Shadow(frame))),
            ],
        };
    }

    private static byte[] Small(Image image) => Codec.Jpeg(Thumbnails.Smaller(image, 2), JpegQuality);
}

internal sealed class ScenePreviewFormatters : FormatterSource<ScenePreview>
{
    protected override string ToText(ScenePreview scene) => string.Create(
        CultureInfo.InvariantCulture,
        $"{Title(scene)}: {Count(scene)}, {scene.Labels.Width} × {scene.Labels.Height} pixels, depth {Range(scene)}, catalogue {scene.Catalogue}, recipe {Wording.Short(scene.RecipeHash)}");

    protected override Html ToHtml(ScenePreview scene) => HtmlParts.Card(
        Title(scene),
        CardParts.Row(
            Shown(HtmlParts.Picture(scene.Rgb, $"A rendered scene with {Count(scene)}", MimeTypes.Jpeg), "colours"),
            Shown(HtmlParts.Picture(scene.Boxes, "The same scene with a box and a tint over each product, a colour for each class", MimeTypes.Jpeg), "boxes, coloured by class"),
            Shown(HtmlParts.Picture(scene.Mask, "A flat colour for each product"), "instance mask"),
            Shown(HtmlParts.Picture(scene.Depth, "Near surfaces bright, far ones dark", MimeTypes.Jpeg), $"depth, {Range(scene)}; near is bright")),
        HtmlParts.Gallery(125, scene.Maps.Select(map => Shown(HtmlParts.Picture(map.Jpeg, map.Name, MimeTypes.Jpeg), map.Name))),
        Html.Of($"<p class=\"neuro-quiet\" style=\"margin:.2em 0\">{Count(scene)} · {scene.Labels.Width} × {scene.Labels.Height} pixels · catalogue {scene.Catalogue} · recipe {Wording.Code(scene.RecipeHash)}</p>"));

    private static Html Shown(Html picture, string caption) => Html.Of($"<figure class=\"neuro-figure\" style=\"display:block;margin:0\">{picture}<figcaption>{caption}</figcaption></figure>");

    private static string Title(ScenePreview scene) => string.Create(CultureInfo.InvariantCulture, $"Preview: seed {scene.Seed}, image {scene.Index}");

    private static string Count(ScenePreview scene) =>
        $"{Wording.Count(scene.Labels.Instances.Count, "product")} of {Wording.Count(scene.Labels.Instances.Select(one => one.ClassId).Distinct().Count(), "class", "classes")}";

    private static string Range(ScenePreview scene) => $"{Wording.Number(scene.DepthRange.Near, "0.00")} – {Wording.Number(scene.DepthRange.Far, "0.00")} m";
}
