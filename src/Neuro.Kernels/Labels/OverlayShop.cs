using Neuro.Kernels.Artwork;
using Neuro.Kernels.Formats;
using Neuro.Kernels.Recipes;

namespace Neuro.Kernels.Labels;

/// <summary>The labels of a shop drawn over a picture of the same size: places on the shelf, gaps, price tags, families.</summary>
public static class OverlayShop
{
    private const float FamilyOpacity = 0.55f;
    private static readonly Colour Dark = new(30, 30, 30);
    private static readonly Colour Missing = new(205, 30, 40);

    /// <summary>Shelf row R, facing F, and under them the planogram slot S, of each product that stands in front.</summary>
    public static Image Places(Image image, ImageLabels labels) => OverlayShapes.Drawn(image, labels, ink =>
    {
        foreach (var instance in labels.Instances)
        {
            if (instance.Place is { Layer: 0 } place)
            {
                var (x, y) = OverlayShapes.Middle(instance.Box);
                ink.Words(OverlayInk.Of(place.Slot), x, y, instance.Box.Width, $"R{place.Row} F{place.Facing}", $"S{place.Slot}");
            }
        }
    });

    /// <summary>Empty places, crossed out, with row and slot.</summary>
    public static Image Gaps(Image image, ImageLabels labels) => OverlayShapes.Drawn(image, labels, ink =>
    {
        foreach (var gap in labels.Gaps)
        {
            var (left, top, right, bottom) = (gap.Box.X, gap.Box.Y, gap.Box.X + gap.Box.Width, gap.Box.Y + gap.Box.Height);
            ink.Box(Missing, ink.Width * 1.5f, gap.Box);
            ink.Line(Missing, ink.Width, (left, top), (right, bottom));
            ink.Line(Missing, ink.Width, (right, top), (left, bottom));
            ink.Words(Missing, (left + right) / 2f, (top + bottom) / 2f, gap.Box.Width, $"R{gap.Row} S{gap.Slot}");
        }
    });

    /// <summary>Price tags, and from each a line to the products that it prices.</summary>
    public static Image PriceTags(Image image, ImageLabels labels) => OverlayShapes.Drawn(image, labels, ink =>
    {
        var tags = labels.PriceTags.ToDictionary(tag => tag.Id);
        foreach (var instance in labels.Instances)
        {
            if (instance.Place is { Layer: 0 } place && tags.TryGetValue(place.PriceTag, out var tag))
            {
                ink.Line(OverlayInk.Of(tag.Slot), ink.Width * 1.5f, OverlayShapes.Middle(instance.Box), OverlayShapes.Middle(tag.Box));
                ink.Dot(OverlayInk.Of(tag.Slot), OverlayShapes.Middle(instance.Box).X, OverlayShapes.Middle(instance.Box).Y, ink.Width * 2);
            }
        }

        foreach (var tag in labels.PriceTags)
        {
            ink.Box(tag.ClassId < 0 ? Dark : OverlayInk.Of(tag.Slot), ink.Width * 1.5f, tag.Box);
        }
    });

    /// <summary>Products that are easily taken for each other in one colour.</summary>
    /// <param name="catalogue">The one whose products are shown.</param>
    public static Image Confusables(Image image, ImageLabels labels, Catalogue catalogue) => OverlayShapes.Tinted(image, labels, (rgb, instance) =>
    {
        var others = catalogue.Confusables(instance.ClassId);
        if (others.Count > 0)
        {
            OverlayInk.Tint(rgb, instance.Mask, Overlay.Colour(Math.Min(instance.ClassId, others[0])), FamilyOpacity);
        }
    });
}
