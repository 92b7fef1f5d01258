using Neuro.Notebooks.Engine;

namespace Neuro.Notebooks.Tests.Engine;

public sealed class CellLibraryTests
{
    private readonly Notes notes = new(new CSharpSession());

    [Theory]
    [InlineData("static class Doubling { public static int Doubled(this int x) => 2 * x; }\n21.Doubled()")]
    [InlineData("static class Doubling { extension(int x) { public int Doubled => 2 * x; } }\n21.Doubled")]
    [InlineData("namespace Fruit { public record Pear(int Seeds); }\nnew Fruit.Pear(42).Seeds")]
    [InlineData("file class Hidden { public int Value => 42; }\npublic class Shown { public int Value => new Hidden().Value; }\nnew Shown().Value")]
    [InlineData("using System.Numerics;\nnamespace Fruit { public class Pear { public Complex Size => new(42, 0); } }\n(int)new Fruit.Pear().Size.Real")]
    public async Task RunAsync_CellThatNoScriptCanHost_IsALibraryOfItsOwn(string cell)
    {
        (await notes.Run(cell)).Error.ShouldBeNull();

        notes.Result.ShouldBe("42");
    }

    [Fact]
    public async Task RunAsync_LibraryCellAgain_ReplacesItsTypes()
    {
        await notes.Run("static class Text { public static string Loud(this string x) => x + \"!\"; }");
        await notes.Run("var kept = 5; \"a\".Loud()");
        notes.Result.ShouldBe("a!");
        await notes.Run("static class Text { public static string Loud(this string x) => x + \"?\"; }");
        (await notes.Run("\"a\".Loud() + kept")).Error.ShouldBeNull();

        notes.Result.ShouldBe("a?5");
    }

    [Fact]
    public async Task RunAsync_LibraryReplaced_SaysWhichVariablesAreGone()
    {
        await notes.Run("namespace Fruit { public class Pear { public int Seeds = 1; } }");
        await notes.Run("int apples = 3;");
        await notes.Run("var pear = new Fruit.Pear();");
        await notes.Run("namespace Fruit { public class Pear { public string Seeds = \"many\"; } }");

        notes.Outputs.OfType<StreamOutput>().Single().ShouldBe(new(true, "Types were replaced; variables that used the old ones are gone: pear. Run their cells again.\n"));
        await notes.Run("$\"{new Fruit.Pear().Seeds} {apples}\"");
        notes.Result.ShouldBe("many 3");
        (await notes.Fail("pear")).Name.ShouldBe("CS0103");
    }

    [Fact]
    public async Task RunAsync_ErrorInALibraryCell_HasTheCellsLine()
    {
        (await notes.Fail("\nnamespace Fruit {\n  public class Pear { int x = nothing; }\n}")).Line.ShouldBe("CS0103: The name 'nothing' does not exist in the current context (cell line 3)");
        await notes.Run("static class Boom {\n\n  public static int Bang(this int x) {\n    throw new Exception(\"bang\"); }\n}");
        (await notes.Fail("\n1.Bang()")).Line.ShouldBe("Exception: bang (cell line 2)");
        (await notes.Fail("static class Boom2 {\n  public static int Bang2(this int x) {\n    throw new Exception(\"bang\"); }\n}\n1.Bang2()")).Line.ShouldBe("Exception: bang (cell line 3)");
    }
}
