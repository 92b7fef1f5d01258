using System.Globalization;

namespace Neuro.Interactive.Magics.General;

internal sealed class SetMagic() : Magic("set", "Gives a variable a value: a number, true, false, text, or the object of another variable (@name).")
{
    private readonly Parameter<string> name = Required<string>("name", "The variable.");
    private readonly Parameter<object> value = Required<object>("value", "Its value.");

    public override Task RunAsync(Arguments given, IMagicHost host)
    {
        host.SetVariable(given.Get(name), given.Get(value) is string text ? Read(text) : given.Get(value));
        return Task.CompletedTask;
    }

    private static object Read(string text) =>
        int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var whole) ? whole
        : double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) ? number
        : bool.TryParse(text, out var truth) ? truth
        : text;
}
