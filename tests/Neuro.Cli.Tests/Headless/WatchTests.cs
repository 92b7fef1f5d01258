namespace Neuro.Cli.Tests.Headless;

public sealed class WatchTests : CliFact
{
    private string Script => Path.Combine(Folder, "nb.cs");

    /// <summary>As editors do: another file, renamed over the first.</summary>
    private void Save(params string[] cells)
    {
        File.WriteAllText(Script + "~", string.Join("\n\n// %%\n", cells) + "\n");
        File.Move(Script + "~", Script, overwrite: true);
    }

    [Fact]
    public async Task Watch_AFileThatIsSaved_RunsTheChangedCellsAndThoseAfterThem()
    {
        Save("var a = Environment.TickCount64; Console.WriteLine(\"first\");", "var b = 2;", "Console.WriteLine($\"is {a} {b}\");");
        await using var neuro = NeuroProcess.Start(Data, "watch", Script);
        var a = (await neuro.LineAsync(@"is (\d+) 2$", Cancel)).Groups[1].Value;

        Save("var a = Environment.TickCount64; Console.WriteLine(\"first\");", "var b = 3;", "Console.WriteLine($\"is {a} {b}\");");
        await neuro.LineAsync($"is {a} 3$", Cancel);

        // In place, and broken: the next save mends it.
        File.WriteAllText(Script, File.ReadAllText(Script).Replace("b = 3", "b = missing"));
        await neuro.LineAsync("CS0103", Cancel);
        Save("var a = Environment.TickCount64; Console.WriteLine(\"first\");", "var b = 4;", "Console.WriteLine($\"is {a} {b}\");");
        await neuro.LineAsync($"is {a} 4$", Cancel);

        // Saved while a cell runs: that run is over.
        Save("var a = Environment.TickCount64; Console.WriteLine(\"first\");", "Console.WriteLine(\"long\"); while (true) { }");
        await neuro.LineAsync("^long$", Cancel);
        Save("var a = Environment.TickCount64; Console.WriteLine(\"first\");", "Console.WriteLine($\"is {a} 5\");");
        await neuro.LineAsync($"is {a} 5$", Cancel);

        neuro.Interrupt();
        (await neuro.ExitAsync(Cancel)).ShouldBe(0, neuro.Output);
        neuro.Output.Split('\n').Count(line => line.Trim() == "first").ShouldBe(1, neuro.Output);
    }
}
