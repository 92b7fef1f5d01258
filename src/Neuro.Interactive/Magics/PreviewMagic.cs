using Neuro.Interactive.Formatting;

namespace Neuro.Interactive.Magics;

internal sealed class PreviewMagic(NeuroSession session) : Magic("neuro-preview", "Renders one scene of a recipe here and shows its colours, boxes and pixel maps.")
{
    private readonly Parameter<object?> recipe = Optional<object>("recipe", RecipeChoice.RecipeHelp);
    private readonly Parameter<ulong> seed = Optional<ulong>("seed", "The seed of the dataset.", 1);
    private readonly Parameter<int> index = Optional("index", "Which image of the dataset.", 0);
    private readonly Parameter<object?> catalogue = Optional<object>("catalogue", RecipeChoice.CatalogueHelp);
    private readonly Parameter<string?> generator = Optional<string>("generator", RecipeChoice.GeneratorHelp, RecipeChoice.Names);

    public override async Task RunAsync(Arguments given, IMagicHost host)
    {
        if (given.Get(index) < 0)
        {
            throw new MagicException("magic.bad_value", $"--index is {given.Get(index)}; expected 0 or more.");
        }

        var chosen = await RecipeChoice.ToRenderAsync(given.Get(generator), given.Get(recipe), given.Get(catalogue), session, host);
        host.Display(await Task.Run(() => ScenePreview.Render(chosen.Recipe, chosen.Catalogue!, given.Get(seed), given.Get(index)), host.Cancellation));
    }
}
