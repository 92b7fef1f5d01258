using Neuro.Interactive.Formatting;

namespace Neuro.Interactive.Magics.General;

internal sealed class WhoMagic() : Magic("who", "Lists the variables of the session.")
{
    public override Task RunAsync(Arguments given, IMagicHost host)
    {
        var variables = host.VariableNames.Select(name =>
        {
            host.TryGetVariable(name, out var value);
            return new { name, type = value is null ? "" : FormatterFallback.TypeName(value.GetType()), value };
        });
        host.Display(host.VariableNames.Count == 0 ? "There are no variables yet." : variables.ToList());
        return Task.CompletedTask;
    }
}
