using System.Text.RegularExpressions;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Neuro.Cli.Tests.Receipts;

namespace Neuro.Cli.Tests.Headless;

/// <summary>The short scripts of the repository, run in a session on less than a person would ask for.</summary>
public sealed partial class ScriptTests : CliFact
{
    private static readonly IReadOnlyList<MetadataReference> References =
        [.. ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!).Split(Path.PathSeparator).Select(file => MetadataReference.CreateFromFile(file))];

    private static string Scripts => Path.Combine(Repository.Root, "notebooks", "scripts");

    public static TheoryData<string> All => [.. Directory.GetFiles(Scripts, "*.cs").Select(Path.GetFileName).Order().OfType<string>()];

    private async Task<string> Run(string script, params string[] arguments)
    {
        await using var neuro = NeuroProcess.Start(Data, ["run", Path.Combine("notebooks", "scripts", script), "--", .. arguments]);

        (await neuro.ExitAsync(Cancel)).ShouldBe(0, neuro.Output);
        neuro.Output.ShouldNotContain("Starting the platform");
        return neuro.Output.ReplaceLineEndings("\n");
    }

    [Fact]
    public async Task Preview_AsHalfBlocks_FillsItsColumns()
    {
        var lines = (await Run("preview.cs", "13", "40")).Split('\n');

        lines[..^2].ShouldAllBe(line => line.Count(letter => letter == '▀') == 40);
        Colour().Matches(string.Concat(lines)).Select(colour => colour.Value).Distinct().Count().ShouldBeGreaterThan(100);
        lines[^2].ShouldMatch("^[1-9][0-9]* products, seed 13, recipe [0-9a-f]{12}$");
    }

    [Fact]
    public async Task Coco_AFewImages_AreWrittenWithTheirLabels()
    {
        (await Run("coco.cs", "2", Folder)).ShouldContain("2 images of ");

        Directory.GetFiles(Path.Combine(Folder, "coco"), "*.jpg", SearchOption.AllDirectories).Length.ShouldBe(2);
        Directory.GetFiles(Path.Combine(Folder, "coco"), "*.json", SearchOption.AllDirectories).ShouldNotBeEmpty();
    }

    [Fact]
    public async Task Train_TwoEpochs_DrawsItsCurve()
    {
        (await Run("train.cs", "8", "2", Path.Combine(Folder, "run"))).ShouldMatch("loss      [▁-█]{2}  [0-9.]+ → [0-9.]+\naccuracy  [▁-█]{2}  ");

        File.Exists(Path.Combine(Folder, "run", "model.onnx")).ShouldBeTrue();
    }

    [Fact]
    public async Task Evaluate_AFolderAClass_SaysHowOftenTheModelIsRight()
    {
        var known = Directory.CreateDirectory(Path.Combine(Folder, "Bravo-Apple-Juice"));
        var picture = Directory.GetFiles(Path.Combine(Repository.Root, "datasets", "corner-shop", "pictures"), "*.png").Order().First();
        File.Copy(picture, Path.Combine(known.FullName, "a.png"));

        (await Run("evaluate.cs", Folder)).ShouldMatch("[01] of 1 right: ");
    }

    [Fact]
    public async Task Receipts_OfADelivery_HoldButForTheOneThatWasChanged()
    {
        using var delivered = new Delivered();
        delivered.Receipts[0] = delivered.Receipts[0] with { Verification = "looked away" };
        var file = Path.Combine(Folder, "receipts.json");
        await File.WriteAllTextAsync(file, delivered.Bundle.ToJson(), Cancel);

        await using var neuro = NeuroProcess.Start(Data, "run", Path.Combine("notebooks", "scripts", "receipts.cs"), "--", file, delivered.Folder);

        (await neuro.ExitAsync(Cancel)).ShouldBe(1, neuro.Output);
        neuro.Output.ShouldContain("shard 1: signed by neuro.example, its files are those that were delivered");
        neuro.Output.ShouldContain("shard 2: NOT SIGNED by neuro.example");
        neuro.Output.ShouldContain("1 of 2 receipts do not hold.");
    }

    /// <summary>What <c>dotnet run</c> compiles, with the usings that it adds.</summary>
    [Theory]
    [MemberData(nameof(All))]
    public void Compile_AScriptAsAProgram_HasNoErrors(string script)
    {
        string[] implicitUsings = ["System", "System.Collections.Generic", "System.IO", "System.Linq", "System.Net.Http", "System.Threading", "System.Threading.Tasks"];
        var options = new CSharpParseOptions(LanguageVersion.Preview).WithFeatures([KeyValuePair.Create("FileBasedProgram", "true")]);
        var usings = string.Concat(implicitUsings.Select(name => $"global using {name};\n"));
        var program = CSharpCompilation.Create(
            "script", [CSharpSyntaxTree.ParseText(File.ReadAllText(Path.Combine(Scripts, script)), options, cancellationToken: Cancel), CSharpSyntaxTree.ParseText(usings, options, cancellationToken: Cancel)], References, new(OutputKind.ConsoleApplication, nullableContextOptions: NullableContextOptions.Enable));

        program.GetDiagnostics(Cancel).Where(found => found.Severity >= DiagnosticSeverity.Warning && found.Id is not ("CS1701" or "CS1702")).ShouldBeEmpty();
    }

    [GeneratedRegex(@"38;2;\d+;\d+;\d+")]
    private static partial Regex Colour();
}
