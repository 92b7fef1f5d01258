namespace Neuro.Interactive.Magics.General;

internal sealed class ValueMagic() : Magic("value", "Keeps the lines below it, or a file, as text in a variable.")
{
    private const long Most = 64 << 20;

    private readonly Parameter<string> name = Required<string>("name", "The variable.");
    private readonly Parameter<string?> file = new("from-file", "The file to read instead of the lines.") { IsFile = true };

    public override MagicScope Scope => MagicScope.UntilNextMagic;

    public override async Task RunAsync(Arguments given, IMagicHost host) =>
        host.SetVariable(given.Get(name), given.Get(file) is { } path ? await ReadAsync(path, host.Cancellation) : given.Body.Text);

    private static async Task<string> ReadAsync(string path, CancellationToken cancel)
    {
        var found = new FileInfo(path);
        return !found.Exists ? throw new MagicException("magic.bad_value", $"--from-file is {found.FullName}, which is no file.")
            : found.Length > Most ? throw new MagicException("magic.bad_value", $"--from-file is {found.FullName} of {found.Length} bytes; the most is {Most}.")
            : await File.ReadAllTextAsync(path, cancel);
    }
}
