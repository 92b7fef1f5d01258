using Neuro.Interactive.Formatting;
using Neuro.Interactive.Magics;

namespace Neuro.Notebooks.Engine;

/// <summary>One run of one cell: where its outputs go and when it must stop. It flows with the cell's code into every task and thread that this starts.</summary>
internal sealed class CellRun(CSharpSession session, string path, CellSink sink, CellOptions options, CancellationToken cancellation) : IMagicHost
{
    private static readonly AsyncLocal<CellRun?> Flowing = new();

    public static CellRun? Current
    {
        get => Flowing.Value;
        set => Flowing.Value = value;
    }

    /// <summary>What the cell is called where its code is named, such as in a stack: <c>In[number]</c>.</summary>
    public string Path { get; } = path;

    /// <summary>How many files the cell has brought in.</summary>
    public int Imports { get; set; }

    public CellSink Sink { get; } = sink;

    public CellOptions Options { get; } = options;

    public CancellationToken Cancellation { get; } = cancellation;

    public IReadOnlyCollection<string> VariableNames => session.VariableNames;

    public IDisplayHandle Display(object? value)
    {
        var id = session.NextDisplayId();
        Sink.Add(new DisplayOutput(id, session.Format(value, id)));
        return new Handle(this, id);
    }

    public bool TryGetVariable(string name, out object? value) => session.TryGetVariable(name, out value);

    public void SetVariable(string name, object? value) => session.SetVariable(name, value);

    public Task RunAsync(MagicBody code) => session.RunPartsAsync(code, this, Path);

    public Task<string?> AskAsync(string prompt) => CellInput.AskAsync(new(prompt, Password: false), this);

    public Task ImportAsync(string file) => session.ImportAsync(file, this, Path);

    /// <summary>What went wrong where nobody waits for it.</summary>
    public void Report(Exception thrown) => Sink.Write(isError: true, CellProblem.Describe(thrown, this).Line + "\n");

    private void Update(string id, object? value) => Sink.Add(new DisplayUpdate(id, session.Format(value, id)));

    /// <summary>A handle outlives its cell: an update from a later one goes where that one's outputs go.</summary>
    private sealed class Handle(CellRun made, string id) : IDisplayHandle
    {
        public void Update(object? value) => (Current ?? made).Update(id, value);

        public override string ToString() => id;
    }
}
