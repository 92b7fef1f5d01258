using Neuro.Interactive.Formatting;
using Neuro.Interactive.Magics;

namespace Neuro.Interactive.Tests.Magics;

internal enum Flavour
{
    Sweet,
    Sour,
}

/// <summary>A magic with one parameter of each kind that keeps what it was given.</summary>
internal sealed class CountingMagic() : Magic("neuro-count", "Counts things.")
{
    private readonly Parameter<string> what = Required<string>("what", "The things to count.");
    private readonly Parameter<int> images = Optional("images", "How many.", 600);
    private readonly Parameter<double?> price = Optional<double?>("max-price", "The most to pay, NTK.");
    private readonly Parameter<Flavour> flavour = Optional("flavour", "Its taste.", Flavour.Sour);
    private readonly Parameter<IReadOnlyList<int>?> numbers = Optional<IReadOnlyList<int>>("numbers", "Where they are.");
    private readonly Parameter<bool> dry = Flag("dry-run", "Counts nothing.");

    public Arguments? Given { get; private set; }

    public string What => Given!.Get(what);

    public int Images => Given!.Get(images);

    public double? Price => Given!.Get(price);

    public Flavour Flavour => Given!.Get(flavour);

    public IReadOnlyList<int>? Numbers => Given!.Get(numbers);

    public bool Dry => Given!.Get(dry);

    public override Task RunAsync(Arguments given, IMagicHost host)
    {
        Given = given;
        return Task.CompletedTask;
    }
}

/// <summary>A host that remembers what it was shown.</summary>
internal sealed class RecordingHost : IMagicHost
{
    public Dictionary<string, object?> Variables { get; } = [];

    public List<object?> Shown { get; } = [];

    public List<MagicBody> Ran { get; } = [];

    public List<string> Imported { get; } = [];

    public CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public IReadOnlyCollection<string> VariableNames => Variables.Keys;

    public string Text => string.Join('\n', Shown.Select(value => Formatter.Format(value).Text));

    public IDisplayHandle Display(object? value)
    {
        Shown.Add(value);
        return new Handle(this, Shown.Count - 1);
    }

    public bool TryGetVariable(string name, out object? value) => Variables.TryGetValue(name, out value);

    public void SetVariable(string name, object? value) => Variables[name] = value;

    public Task RunAsync(MagicBody code)
    {
        Ran.Add(code);
        return Task.CompletedTask;
    }

    public Task<string?> AskAsync(string prompt) => Task.FromResult<string?>($"answer to {prompt}");

    public Task ImportAsync(string file)
    {
        Imported.Add(file);
        return Task.CompletedTask;
    }

    private sealed class Handle(RecordingHost host, int at) : IDisplayHandle
    {
        public void Update(object? value) => host.Shown[at] = value;
    }
}
