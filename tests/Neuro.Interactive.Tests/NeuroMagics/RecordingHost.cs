using Neuro.Interactive.Formatting;
using Neuro.Interactive.Magics;

namespace Neuro.Interactive.Tests.NeuroMagics;

/// <summary>A host that keeps what magics show and set.</summary>
internal sealed class RecordingHost : IMagicHost
{
    private readonly Dictionary<string, object?> variables = [];

    public List<Shown> Displayed { get; } = [];

    public CancellationToken Cancellation { get; init; } = TestContext.Current.CancellationToken;

    public IReadOnlyCollection<string> VariableNames => variables.Keys;

    public object? this[string variable]
    {
        get => variables[variable];
        set => variables[variable] = value;
    }

    /// <summary>The last value of each display, as text.</summary>
    public string Text => string.Join('\n', Displayed.Select(shown => Formatter.Format(shown.Values[^1]).Text));

    public IDisplayHandle Display(object? value)
    {
        Displayed.Add(new Shown(value));
        return Displayed[^1];
    }

    public bool TryGetVariable(string name, out object? value) => variables.TryGetValue(name, out value);

    public void SetVariable(string name, object? value) => variables[name] = value;

    public Task RunAsync(MagicBody code) => throw new InvalidOperationException("No neuro magic runs code.");

    public Task<string?> AskAsync(string prompt) => throw new InvalidOperationException("No neuro magic asks.");

    public Task ImportAsync(string file) => throw new InvalidOperationException("No neuro magic runs code.");

    internal sealed class Shown(object? first) : IDisplayHandle
    {
        public List<object?> Values { get; } = [first];

        public void Update(object? value) => Values.Add(value);
    }
}
