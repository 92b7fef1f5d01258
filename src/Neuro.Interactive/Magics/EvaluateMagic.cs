namespace Neuro.Interactive.Magics;

internal sealed class EvaluateMagic(NeuroSession session, EvaluateModel? evaluate)
    : Magic("neuro-evaluate", "Measures a model on labelled pictures here, shows confusion and worst mistakes, and leaves the evaluation in a variable.")
{
    private readonly Parameter<object?> model = Optional<object>("model", Chosen.ModelHelp);
    private readonly Parameter<object?> on = Optional<object>(
        "on", "LabelledImages (@variable), or a dataset by @variable, id or name; if left out the variable test, else your newest dataset.");
    private readonly Parameter<string> name = Optional("as", "The variable for the evaluation.", "evaluation");

    public override async Task RunAsync(Arguments given, IMagicHost host)
    {
        var measure = LocalWork.Needed(evaluate, "Neuro.Learning, which runs models");
        var file = await Chosen.ModelAsync(session, given.Get(model), host);
        var pictures = await Chosen.PicturesAsync(session, given.Get(on) ?? (host.TryGetVariable("test", out var test) ? test : null), host);
        var evaluation = await WorkBar.RunAsync("Evaluating", (done, cancel) => measure(file, pictures, done, cancel), host, session.Time);
        host.SetVariable(given.Get(name), evaluation);
        host.Display(evaluation);
    }
}
