namespace Neuro.Interactive.Magics.General;

internal sealed class CSharpMagic() : Magic("csharp", "Ends the lines of the magic above it: C# follows.")
{
    public override Task RunAsync(Arguments given, IMagicHost host) => Task.CompletedTask;
}
