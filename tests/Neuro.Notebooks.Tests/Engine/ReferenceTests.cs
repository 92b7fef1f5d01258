using System.IO.Compression;
using System.Net;
using System.Net.Sockets;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Neuro.Interactive.Formatting;
using Neuro.Notebooks.Documents;
using Neuro.Notebooks.Engine;

namespace Neuro.Notebooks.Tests.Engine;

public sealed class ReferenceTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("neuro-references-").FullName;
    private readonly string unique = "NeuroTest" + Guid.NewGuid().ToString("N")[..8];
    private readonly Notes notes = new(new CSharpSession());

    public void Dispose()
    {
        Directory.Delete(folder, recursive: true);
        var installed = Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".nuget", "packages", unique.ToLowerInvariant());
        if (Directory.Exists(installed))
        {
            Directory.Delete(installed, recursive: true);
        }
    }

    private string File(string name, string text)
    {
        System.IO.File.WriteAllText(Path.Combine(folder, name), text);
        return Path.Combine(folder, name);
    }

    private string Library(string code)
    {
        var core = new[] { typeof(object), typeof(Console) }.Select(type => type.Assembly.Location).Append(Path.Combine(Path.GetDirectoryName(typeof(object).Assembly.Location)!, "System.Runtime.dll"));
        var path = Path.Combine(folder, unique + ".dll");
        CSharpCompilation.Create(unique, [CSharpSyntaxTree.ParseText(code)], core.Select(file => MetadataReference.CreateFromFile(file)), new(OutputKind.DynamicallyLinkedLibrary)).Emit(path).Success.ShouldBeTrue();
        return path;
    }

    [Fact]
    public async Task Reference_ToAFile_IsThereForThisCellAndLaterOnes()
    {
        var path = Library("namespace Fruit; public class Apple { public int Seeds => 5; }");
        await notes.Run($"#r \"{path}\"\nvar apple = new Fruit.Apple(); apple.Seeds");
        notes.Result.ShouldBe("5");
        await notes.Run("using Fruit; new Apple().Seeds + apple.Seeds");

        notes.Result.ShouldBe("10");
    }

    [Theory]
    [InlineData("#r \"/nowhere/x.dll\"", "There is no file /nowhere/x.dll. (file.missing)")]
    [InlineData("#load \"/nowhere/x.csx\"", "There is no file /nowhere/x.csx. (file.missing)")]
    [InlineData("#!import /nowhere/x.txt", "There is no file /nowhere/x.txt. (file.missing)")]
    [InlineData("#r \"nuget: no name\"", "'nuget:no name' names no package. (package.bad_name)")]
    [InlineData("#i \"elsewhere\"", "'elsewhere' names no source of packages. (package.bad_source)")]
    public async Task Reference_ThatIsWrong_SaysSoAndTheSessionGoesOn(string cell, string error)
    {
        (await notes.Fail(cell)).Line.ShouldBe(error);
        await notes.Run("1 + 1");

        notes.Result.ShouldBe("2");
    }

    [Fact]
    public async Task Reference_ToAPackage_ComesFromTheSourceThatWasNamed()
    {
        var library = Library("namespace Fruit; public class Pear { public int Seeds => 7; }");
        using (var package = ZipFile.Open(Path.Combine(folder, $"{unique}.1.2.0.nupkg"), ZipArchiveMode.Create))
        {
            package.CreateEntryFromFile(library, $"lib/net8.0/{unique}.dll");
            using var about = new StreamWriter(package.CreateEntry($"{unique}.nuspec").Open());
            about.Write($"<package><metadata><id>{unique}</id><version>1.2.0</version><authors>a</authors><description>d</description></metadata></package>");
        }

        var result = await notes.Run($"#i \"nuget: {folder}\"\n#r \"nuget: {unique}, 1.2.0\"\nnew Fruit.Pear().Seeds");

        result.Error.ShouldBeNull();
        notes.Result.ShouldBe("7");
        notes.Outputs.OfType<DisplayUpdate>().Single().Bundle.Text.ShouldMatch($@"^{unique} 1\.2\.0 is here \([0-9.]+ s\)\.$");
    }

    [Fact]
    public async Task Reference_ToAPackageThatIsNowhere_IsOneClearErrorAndTheSessionGoesOn()
    {
        var error = await notes.Fail($"#r \"nuget: {unique}.Missing, 1.0.0\"");

        error.Line.ShouldStartWith($"{unique}.Missing 1.0.0 could not be restored: NU1101: Unable to find package {unique}.Missing.");
        error.Name.ShouldBe("package.restore_failed");
        await notes.Run("1 + 1");
        notes.Result.ShouldBe("2");
    }

    [Fact]
    public async Task Reference_ToAPackage_WhenCancelled_EndsTheRestoreAndTheSessionGoesOn()
    {
        using var silent = new TcpListener(IPAddress.Loopback, 0);
        silent.Start();
        using var stop = new CancellationTokenSource();
        var running = notes.Run($"#i \"nuget: https://127.0.0.1:{((IPEndPoint)silent.LocalEndpoint).Port}/index.json\"\n#r \"nuget: {unique}.Slow, 1.0.0\"", stop.Token);
        using var asked = await silent.AcceptTcpClientAsync(TestContext.Current.CancellationToken); // And never answered.

        await stop.CancelAsync();

        (await running).Error.ShouldNotBeNull().Name.ShouldBe("Interrupted");
        try
        {
            await asked.GetStream().CopyToAsync(Stream.Null, TestContext.Current.CancellationToken); // Up to its end: the restore is gone.
        }
        catch (IOException)
        {
            // … without a farewell.
        }

        await notes.Run("1 + 1");
        notes.Result.ShouldBe("2");
    }

    [Fact]
    public async Task Load_OfAScript_BringsItsDeclarationsAndItsOwnLoads()
    {
        File("inner.csx", "int inner = 1;");
        var outer = File("outer.csx", "#load \"inner.csx\"\nusing System.Globalization;\nint Outer(int x) => x + inner;\nint Fails() => throw new InvalidOperationException(\"in a file\");");
        await notes.Run($"#load \"{outer}\"\nOuter(41)");
        notes.Result.ShouldBe("42");

        (await notes.Fail("\nOuter(Fails())")).Line.ShouldBe("InvalidOperationException: in a file (cell line 2)");
        var broken = File("broken.csx", "\n\nnothing();");
        (await notes.Fail($"#load \"{broken}\"")).Line.ShouldBe("CS0103: The name 'nothing' does not exist in the current context (line 3 of broken.csx)");
        var throwing = File("throwing.csx", "\nthrow new Exception(\"late\");");
        (await notes.Fail($"#load \"{throwing}\"")).Line.ShouldBe("Exception: late (line 2 of throwing.csx)");
    }

    [Fact]
    public async Task Load_OfItself_EndsWithAnError()
    {
        var self = File("self.csx", "#load \"self.csx\"");

        (await notes.Fail($"#load \"{self}\"")).Name.ShouldBe("file.too_deep");
    }

    [Fact]
    public async Task Import_OfANotebook_RunsItsCodeCells()
    {
        var book = new Notebook();
        book.Add(CellKind.Code, "int a = 40;");
        book.Add(CellKind.Markdown, "not code");
        book.Add(CellKind.Code, "int b = a + 2; display(b);");
        book.Write(Path.Combine(folder, "book.ipynb"));
        await notes.Run($"#!import {Path.Combine(folder, "book.ipynb")}\nb");

        notes.Result.ShouldBe("42");
        notes.Outputs.OfType<DisplayOutput>().Single().Bundle.Text.ShouldBe("42");
    }
}
