using System.Text.Json.Nodes;
using Neuro.Kernels.Recipes;

namespace Neuro.Interactive.Formatting;

/// <summary>How a recipe is shown: the knobs that differ from its generator's default.</summary>
internal sealed class RecipeFormatters : FormatterSource<Recipe>
{
    private sealed record Knob(string Path, string Value, string Default);

    protected override string ToText(Recipe recipe) => string.Join('\n', Changed(recipe) is { Count: > 0 } changed ? [Title(recipe), Table(changed).ToText()] : [Title(recipe), $"  {Unchanged}"]);

    protected override Html ToHtml(Recipe recipe) => HtmlParts.Card(
        Title(recipe),
        Changed(recipe) is { Count: > 0 } changed ? Table(changed).ToHtml() : Html.Of($"<p class=\"neuro-quiet\" style=\"margin:.3em 0\">{Unchanged}</p>"),
        CardParts.Fold("The recipe as JSON", CardParts.Preformatted(recipe.ToJson())),
        Html.Of($"<p class=\"neuro-quiet\" style=\"margin:.4em 0 0\">recipe {Wording.Code(recipe.Hash)} · catalogue {Wording.Code(recipe.Catalogue)}</p>"));

    private const string Unchanged = "Every knob is at its default.";

    private static string Title(Recipe recipe) => $"Recipe of generator {recipe.Generator}, {recipe.Width} × {recipe.Height} pixels";

    private static ListTable<Knob> Table(IReadOnlyList<Knob> knobs) => new ListTable<Knob>("Knobs that differ from the default", knobs)
        .Words("knob", knob => knob.Path, knob => Html.Of($"<code>{knob.Path}</code>"))
        .Words("value", knob => knob.Value)
        .Words("default", knob => knob.Default);

    private static IReadOnlyList<Knob> Changed(Recipe recipe)
    {
        var usual = Recipe.Parse(new JsonObject { ["generator"] = recipe.Generator, ["version"] = Recipe.Version, ["catalogue"] = recipe.Catalogue }.ToJsonString());
        return [.. Changed("", JsonNode.Parse(recipe.ToJson())!.AsObject(), JsonNode.Parse(usual.ToJson())!.AsObject())];
    }

    private static IEnumerable<Knob> Changed(string path, JsonObject recipe, JsonObject usual) => recipe.SelectMany(member => (member.Value, usual[member.Key]) switch
    {
        // A group of knobs is an object in both; a distribution may be one in either.
        (JsonObject group, JsonObject before) when !JsonNode.DeepEquals(group, before) && group.Select(one => one.Key).SequenceEqual(before.Select(one => one.Key)) && group.Count > 1 =>
            Changed($"{path}{member.Key}.", group, before),
        var (value, before) => JsonNode.DeepEquals(value, before) ? [] : [new Knob(path + member.Key, value!.ToJsonString(), before?.ToJsonString() ?? "left out")],
    });
}
