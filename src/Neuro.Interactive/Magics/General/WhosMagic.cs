using System.Collections;
using Neuro.Interactive.Formatting;

namespace Neuro.Interactive.Magics.General;

internal sealed class WhosMagic() : Magic("whos", "Lists the variables of the session with how many items each holds.")
{
    public override Task RunAsync(Arguments given, IMagicHost host)
    {
        var variables = host.VariableNames.Select(name =>
        {
            host.TryGetVariable(name, out var value);
            return new Variable(name, value is null ? "" : FormatterFallback.TypeName(value.GetType()), Items(value), value);
        });
        host.Display(host.VariableNames.Count == 0 ? "There are no variables yet." : variables.ToArray());
        return Task.CompletedTask;
    }

    private static int? Items(object? value) => value switch
    {
        string text => text.Length,
        ICollection collection => collection.Count,
        _ => null,
    };

    private sealed record Variable(string Name, string Type, int? Items, object? Value);
}
