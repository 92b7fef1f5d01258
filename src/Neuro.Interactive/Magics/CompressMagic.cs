using System.Globalization;

namespace Neuro.Interactive.Magics;

internal sealed class CompressMagic(NeuroSession session, CompressModel? compress)
    : Magic("neuro-compress", "Prunes and quantises a model here, and shows what each smaller one costs and knows.")
{
    private readonly Parameter<object?> model = Optional<object>("model", Chosen.ModelHelp);
    private readonly Parameter<object?> catalogue = Optional<object>("catalogue", RecipeChoice.CatalogueHelp);
    private readonly Parameter<string> folder = Optional("out", "Folder for the models; a run that was stopped is gone on with.", "compressed");
    private readonly Parameter<string> reduce = Optional(
        "reduce", "How many times fewer multiply-accumulates each pruned model takes, with commas between.", "2,3", () => ["2", "3", "2,3"]);
    private readonly Parameter<int> epochs = Optional("epochs", "Epochs that a pruned model learns on; 0 to quantise alone.", 8);
    private readonly Parameter<int> samples = Optional("samples", "Rendered samples an epoch.", 8192);
    private readonly Parameter<ulong> seed = Optional<ulong>("seed", "The seed of the scenes; another than the model learnt from.", 1000);
    private readonly Parameter<int> threads = Optional("threads", "Threads of OnnxRuntime for the times.", 1);
    private readonly Parameter<string> name = Optional("as", "The variable for the report.", "compression");

    public override async Task RunAsync(Arguments given, IMagicHost host)
    {
        var make = LocalWork.Needed(compress, "Neuro.Learning, which compresses");
        var asked = new CompressRequest(
            await Chosen.ModelAsync(session, given.Get(model), host), RecipeChoice.CatalogueOf(given.Get(catalogue), host),
            given.Get(folder), Reductions(given.Get(reduce)),
            InRange(epochs, given, 0, 1000), InRange(samples, given, 64, 10_000_000), given.Get(seed), InRange(threads, given, 1, 1024));
        var report = await WorkBar.RunAsync("Compressing", (done, cancel) => make(asked, done, cancel), host, session.Time);
        host.SetVariable(given.Get(name), report);
        host.Display(report);
    }

    private IReadOnlyList<double> Reductions(string text) =>
        [.. text.Split(',').Select(part => double.TryParse(part, NumberStyles.Float, CultureInfo.InvariantCulture, out var times) && times is > 1 and <= 100
            ? times
            : throw new MagicException("magic.bad_value", $"--{reduce.Name} is '{text}'; expected numbers above 1, up to 100, with commas between."))];

    private static int InRange(Parameter<int> parameter, Arguments given, int least, int most) => given.Get(parameter) is var value && value >= least && value <= most
        ? value
        : throw new MagicException("magic.bad_value", $"--{parameter.Name} is {value}; expected {least} to {most}.");
}
