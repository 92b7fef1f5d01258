using System.Runtime.CompilerServices;
using Neuro.Notebooks.Engine;

namespace Neuro.Notebooks.Tests.Engine;

public sealed class SessionMemoryTests
{
    private readonly CSharpSession session;
    private readonly Notes notes;

    public SessionMemoryTests()
    {
        session = new(new() { References = [typeof(Held).Assembly], Usings = [typeof(Held).Namespace!] });
        notes = new(session);
    }

    [Theory]
    [InlineData("var held = Held.Make();", "held = null;")]
    [InlineData("var held = Held.Make();", "var held = 1;")]
    [InlineData("var held = Held.Make(); var other = held;", "string held = null, other = null;")]
    [InlineData("var held = Held.Make(); int Use() => held.GetHashCode();", "var held = 1; int Use() => held;")]
    [InlineData("Held.Make();", "1")]
    [InlineData("Held.Make()", "1")]
    public async Task RunAsync_VariableThatIsGone_IsFreed(string cell, string then)
    {
        Held.Made.Clear();
        (await notes.Run(cell)).Error.ShouldBeNull();
        (await notes.Run(then)).Error.ShouldBeNull();

        Collected(Held.Made.ShouldHaveSingleItem()).ShouldBeTrue();
    }

    [Fact]
    public async Task RunAsync_CellAgain_FreesWhatItsEarlierRunHeld()
    {
        Held.Made.Clear();
        for (var i = 0; i < 5; i++)
        {
            await notes.Run("var big = Held.Make(); Func<object> later = () => big;");
        }

        Held.Made.Count.ShouldBe(5);
        Held.Made.Take(4).ShouldAllBe(made => Collected(made));
        Held.Made[4].IsAlive.ShouldBeTrue();
        await notes.Run("later() == big");
        notes.Result.ShouldBe("true");
    }

    [Fact]
    public async Task RunAsync_HiddenVariableThatAFunctionUses_Lives()
    {
        await notes.Run("var size = 5; int Size() => size;");
        await notes.Run("var size = \"large\";");
        await notes.Run("$\"{Size()} {size}\"");

        notes.Result.ShouldBe("5 large");
    }

    [Fact]
    public async Task RunAsync_LambdaOfACellThatLeftNoTrace_StillFindsWhatItUses()
    {
        await notes.Run("Func<int> kept = () => 0; int Later(int x) => x + 1;");
        await notes.Run("kept = () => Later(Enumerable.Range(0, 4).Sum());");
        for (var i = 0; i < 5; i++)
        {
            await notes.Run("1");
            GC.Collect();
        }

        await notes.Run("kept()");
        notes.Result.ShouldBe("7");
    }

    [Fact]
    public async Task RunAsync_ManyCells_KeepNoMoreThanTheirVariables()
    {
        for (var i = 0; i < 100; i++)
        {
            await notes.Run($"var counter = {i}; var text = $\"{{counter}}\";");
            await notes.Run("counter + text.Length");
        }

        notes.Result.ShouldBe("101");
        session.LiveSubmissions.ShouldBe(1);
        var loaded = 0;
        for (var i = 0; i < 10 && (loaded = Loaded()) > 50; i++)
        {
            GC.Collect();
            GC.WaitForPendingFinalizers();
        }

        loaded.ShouldBeLessThan(50);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static int Loaded() => System.Runtime.Loader.AssemblyLoadContext.All.Count(context => context.Name?.StartsWith("neuro-cell-", StringComparison.Ordinal) == true);

    private static bool Collected(WeakReference made)
    {
        for (var i = 0; i < 20 && made.IsAlive; i++)
        {
            GC.Collect();
            GC.WaitForPendingFinalizers();
        }

        return !made.IsAlive;
    }
}

/// <summary>Objects that cells make, and whether they are still there.</summary>
public static class Held
{
    public static List<WeakReference> Made { get; } = [];

    [MethodImpl(MethodImplOptions.NoInlining)]
    public static object Make()
    {
        var made = new object[1000];
        Made.Add(new(made));
        return made;
    }
}
