using System.Text.Json;
using System.Text.Json.Serialization;
using Neuro.Kernels.Recipes;

namespace Neuro.Kernels.Artwork;

/// <summary>A label in words: enough to draw it, the same every time.</summary>
/// <param name="Brand">Printed large; capitals, digits and -+.%'/ only, as all text here.</param>
/// <param name="Word">The variety.</param>
/// <param name="Style">How panels lie, see <see cref="LabelLayouts.Names"/>.</param>
/// <param name="Motif">What is pictured, see <see cref="LabelMotifs.Names"/>.</param>
/// <param name="Ground">Colour of the label, #rrggbb.</param>
/// <param name="Ink">The brand's colour.</param>
/// <param name="Accent">The variety's colour.</param>
/// <param name="Amount">Printed small at the foot, for example <c>1 L</c>.</param>
/// <param name="Badge">Printed in a star; none if left out.</param>
/// <param name="Seed">Sets the scatter of motifs, the fine print and the bar code.</param>
internal sealed record LabelDescription(string Brand, string Word, string Style, string Motif, string Ground, string Ink, string Accent, string Amount, string? Badge, int Seed)
{
    private static readonly JsonSerializerOptions Options = new(JsonSerializerDefaults.Web) { UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow };

    [JsonIgnore]
    public Colour GroundColour => Parsed(Ground);

    [JsonIgnore]
    public Colour InkColour => Parsed(Ink);

    [JsonIgnore]
    public Colour AccentColour => Parsed(Accent);

    /// <exception cref="CatalogueException"><c>catalogue.label</c>.</exception>
    public static LabelDescription Parse(JsonElement json, string sku)
    {
        LabelDescription? label;
        try
        {
            label = json.Deserialize<LabelDescription>(Options);
        }
        catch (JsonException wrong)
        {
            throw Wrong(sku, wrong.Message);
        }

        foreach (var text in (string?[])[label!.Brand, label.Word, label.Amount, label.Badge ?? ""])
        {
            if (text is null || text.Length > 24 || !StrokeFont.Covers(text))
            {
                throw Wrong(sku, $"'{text}' cannot be drawn; use at most 24 capitals, digits and -+.%'/");
            }
        }

        foreach (var colour in (string?[])[label.Ground, label.Ink, label.Accent])
        {
            if (!Colour.TryParse(colour, out _))
            {
                throw Wrong(sku, $"'{colour}' is not a colour; write #rrggbb");
            }
        }

        return !LabelMotifs.Names.Contains(label.Motif) ? throw Wrong(sku, $"motif '{label.Motif}' is unknown; known are {string.Join(", ", LabelMotifs.Names)}")
            : !LabelLayouts.Names.Contains(label.Style) ? throw Wrong(sku, $"style '{label.Style}' is unknown; known are {string.Join(", ", LabelLayouts.Names)}")
            : label;
    }

    private static Colour Parsed(string colour) => Colour.TryParse(colour, out var parsed) ? parsed : throw new FormatException($"'{colour}' is not a colour; write #rrggbb.");

    private static CatalogueException Wrong(string sku, string what) => new("catalogue.label", $"The label of {sku} cannot be drawn: {what}.");
}
