using System.Globalization;
using Neuro.Kernels.Compute;
using Neuro.Kernels.Formats;
using Neuro.Kernels.Recipes;
using Neuro.Kernels.Rendering;
using Neuro.Kernels.Scenes;

namespace Neuro.Interactive.Formatting;

/// <summary>The same image of a recipe with one knob at several values, side by side.</summary>
[TypeFormatterSource(typeof(KnobSweepFormatters))]
public sealed class KnobSweep
{
    private const int JpegQuality = 88;

    private KnobSweep(string knob, IReadOnlyList<Step> steps) => (Knob, Steps) = (knob, steps);

    /// <summary>The knob's path in the recipe.</summary>
    public string Knob { get; }

    public IReadOnlyList<Step> Steps { get; }

    /// <summary>One value of the knob.</summary>
    /// <param name="Value">As the recipe says it.</param>
    /// <param name="Jpeg">The picture.</param>
    public sealed record Step(string Value, byte[] Jpeg);

    /// <summary>Renders image <paramref name="index"/> of (recipe, seed) once for each value.</summary>
    /// <param name="knob">Its path in the recipe's JSON, such as <c>light.intensity</c>.</param>
    /// <param name="values">Numbers or distributions, at least one.</param>
    /// <exception cref="RecipeException">No such knob, or a value that it cannot take.</exception>
    public static KnobSweep Render(Recipe recipe, Catalogue catalogue, string knob, ulong seed, int index, params IReadOnlyList<Distribution> values)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(values.Count, 1);
        using var backend = RenderBackends.Create();
        var frame = new Frame(recipe.Width, recipe.Height);
        var steps = new List<Step>();
        foreach (var value in values)
        {
            backend.Render(SceneBuilder.Build(recipe.With(knob, value), catalogue, seed, index), frame);
            steps.Add(new Step(string.Create(CultureInfo.InvariantCulture, $"{value}"), Codec.Jpeg(new Image(frame.Width, frame.Height, frame.Rgb), JpegQuality)));
        }

        return new(knob, steps);
    }
}

internal sealed class KnobSweepFormatters : FormatterSource<KnobSweep>
{
    protected override string ToText(KnobSweep sweep) => $"{sweep.Knob} at {string.Join(", ", sweep.Steps.Select(step => step.Value))}";

    protected override Html ToHtml(KnobSweep sweep) => HtmlParts.Card(
        sweep.Knob,
        Html.Of($"<div style=\"display:grid;grid-template-columns:repeat({sweep.Steps.Count},minmax(0,1fr));gap:.6em\">{sweep.Steps.Select(step => Shown(sweep, step))}</div>"));

    private static Html Shown(KnobSweep sweep, KnobSweep.Step step) => Html.Of(
        $"<figure class=\"neuro-figure\" style=\"display:block;margin:0\">{HtmlParts.Picture(step.Jpeg, $"The scene with {sweep.Knob} at {step.Value}", MimeTypes.Jpeg)}<figcaption>{step.Value}</figcaption></figure>");
}
