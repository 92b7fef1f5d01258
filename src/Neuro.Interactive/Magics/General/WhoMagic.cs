using Neuro.Interactive.Formatting;

namespace Neuro.Interactive.Magics.General;

internal sealed class WhoMagic() : Magic("who", "Lists the variables of the session.")
{
    public override Task RunAsync(Arguments given, IMagicHost host)
    {
        var variables = host.VariableNames.Select(name =>
        {
            host.TryGetVariable(name, out var value);
            return new Variable(name, value is null ? "" : FormatterFallback.TypeName(value.GetType()), value);
        });
        host.Display(host.VariableNames.Count == 0 ? "There are no variables yet." : variables.ToArray());
        return Task.CompletedTask;
    }

    private sealed record Variable(string Name, string Type, object? Value);
}
