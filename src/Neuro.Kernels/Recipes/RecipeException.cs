namespace Neuro.Kernels.Recipes;

/// <summary>A recipe that cannot be rendered: where, what stands there, and what may.</summary>
/// <param name="code"><c>recipe.malformed</c>, <c>recipe.wrong_type</c>, <c>recipe.out_of_range</c>, <c>recipe.unknown_property</c>, <c>recipe.missing_property</c> or <c>recipe.catalogue_mismatch</c>.</param>
/// <param name="path">JSON path from <c>$</c>.</param>
/// <param name="value">What is there, as written.</param>
/// <param name="allowed">What could be there, to be read after "expected".</param>
public sealed class RecipeException(string code, string path, string value, string allowed)
    : KernelsException(code, $"recipe: {path} is {value}; expected {allowed}.")
{
    public string Path { get; } = path;

    public string Value { get; } = value;

    public string Allowed { get; } = allowed;
}
