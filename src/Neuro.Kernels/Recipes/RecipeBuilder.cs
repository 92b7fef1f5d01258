using System.Text.Json.Nodes;

namespace Neuro.Kernels.Recipes;

/// <summary>Changes and checks of a recipe that keep its type.</summary>
public static class RecipeBuilder
{
    /// <summary>The recipe with one knob changed.</summary>
    /// <param name="recipe">Stays as it is.</param>
    /// <param name="knob">Its path in JSON without the <c>$.</c>, for example <c>camera.distance</c> or <c>width</c>.</param>
    /// <param name="value">A number or a distribution.</param>
    /// <exception cref="RecipeException">No such knob (<c>recipe.unknown_property</c>; the nearest are named), or a value it cannot take.</exception>
    public static T With<T>(this T recipe, string knob, Distribution value)
        where T : Recipe
    {
        var knobs = Knobs.Paths(recipe.GetType());
        if (!knobs.Contains(knob))
        {
            var within = knobs.Where(known => known.StartsWith(knob + ".", StringComparison.Ordinal)).ToList();
            throw new RecipeException("recipe.unknown_property", $"$.{knob}", within.Count > 0 ? "a group" : "unknown", Knobs.Nearest(knob, within.Count > 0 ? within : knobs));
        }

        var json = JsonNode.Parse(recipe.ToJson())!;
        var (group, name) = knob.Split('.') is [var outer, var inner] ? (json[outer]!, inner) : (json, knob);
        group[name] = JsonNode.Parse(DistributionJson.Write(value));
        return (T)Recipe.Parse(json.ToJsonString());
    }

    /// <summary>Checks every value, for a recipe made in code.</summary>
    /// <returns>An equal recipe whose draws stay within each knob's range.</returns>
    /// <exception cref="RecipeException">A value is outside its range.</exception>
    public static T Validated<T>(this T recipe)
        where T : Recipe => (T)Recipe.Parse(recipe.ToJson());
}
