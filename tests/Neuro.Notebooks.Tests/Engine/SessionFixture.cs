using Neuro.Notebooks.Engine;

namespace Neuro.Notebooks.Tests.Engine;

/// <summary>Runs cells and keeps what they showed.</summary>
internal sealed class Notes(CSharpSession session)
{
    public List<CellOutput> Outputs { get; } = [];

    public string Stdout => string.Concat(Outputs.OfType<StreamOutput>().Where(stream => !stream.IsError).Select(stream => stream.Text));

    public string? Result => Outputs.OfType<ResultOutput>().SingleOrDefault()?.Bundle.Text;

    /// <summary>Runs a cell; the outputs are those of this cell alone.</summary>
    public async Task<CellResult> Run(string code, CancellationToken? cancel = null)
    {
        Outputs.Clear();
        return await session.RunAsync(code, Outputs.Add, cancel: cancel ?? TestContext.Current.CancellationToken);
    }

    public async Task<CellError> Fail(string code)
    {
        var result = await Run(code);
        return result.Error.ShouldNotBeNull($"The cell should have failed: {code}");
    }
}

/// <summary>One warm session for all tests of a class: each uses names of its own.</summary>
public sealed class SessionFixture
{
    public CSharpSession Session { get; } = new(new() { References = [typeof(SessionFixture).Assembly], Usings = [typeof(SessionFixture).Namespace!] });
}

/// <summary>As our own errors are made: a stable code and a second line with the way out.</summary>
public sealed class CodedException() : Exception("You have 3 NTK; 5 are needed.\n#!neuro-buy 2 gets them.")
{
    public string Code => "ledger.insufficient";
}

public static class Shared
{
    public static int Number { get; set; } = 41;

    /// <summary>Its own number: classes of tests run side by side.</summary>
    public static int TimesRun { get; set; }
}
