using System.Reflection;
using System.Text.Json;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.DotNet.Interactive;
using Neuro.Client.Market;
using Neuro.Interactive.DotNetInteractive;
using Neuro.Interactive.Formatting;
using Neuro.Interactive.Tests.ContractFormatters;
using Neuro.Interactive.Tests.NeuroMagics;

namespace Neuro.Interactive.Tests.DotNetInteractive;

/// <summary>The extension's script, compiled as .NET Interactive compiles it and run against a stand-in of the types that it names.</summary>
public sealed class ExtensionTests : IAsyncDisposable
{
    private readonly RecordedPlatform platform = new RecordedPlatform()
        .Answer("GET /v1/account", new Account(Samples.Id(1), "Ada", Samples.Ntk("984.817")))
        .Answer("GET /v1/ledger/balance", Samples.Balance);

    public ValueTask DisposeAsync() => platform.DisposeAsync();

    [Fact]
    public async Task Script_AddsEveryNeuroMagicAndOneHiddenClass()
    {
        var (kernel, script) = await RunAsync();

        kernel.Added.Keys.Order().ShouldBe(new ForeignMagics(kernel).Magics.Select(magic => $"#!{magic.Name}").Order());
        kernel.Added.Keys.ShouldNotContain("#!time");
        kernel.Added.Values.ShouldAllBe(added => added.Directive.Description!.EndsWith('.'));
        kernel.Added.Values.ShouldAllBe(added => added.Directive.Parameters.Count(parameter => parameter.AllowImplicitName) <= 1);
        // Roslyn makes one type a submission; in it lies what the script left in the user's scope.
        var scope = script.GetTypes().Single(type => type.FullName == "Script");
        scope.GetNestedTypes(BindingFlags.Public | BindingFlags.NonPublic).Where(type => !type.Name.StartsWith('<')).ShouldHaveSingleItem().Name.ShouldBe("__Neuro");
        scope.GetFields(BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic).Where(field => !field.Name.StartsWith('<')).ShouldBeEmpty();
    }

    [Fact]
    public async Task Directive_ShowsTheContractAndSetsVariables()
    {
        var (kernel, _) = await RunAsync();

        var connected = await kernel.InvokeAsync("#!neuro-connect", new { url = platform.Url, key = RecordedPlatform.Key, @as = "mine" });
        var balance = await kernel.InvokeAsync("#!neuro-balance", new { });

        connected.Failure!.ShouldContain("http.404"); // Nodes and jobs were not recorded; the client was set before they were asked for.
        kernel.Variables["mine"].ShouldBeOfType<Client.Api.NeuroClient>();
        balance.Failure.ShouldBeNull();
        balance.Displayed.ShouldBe([Samples.Balance]);
    }

    [Fact]
    public async Task Directive_WrittenWrongly_FailsWithTheWayOutAndNoStack()
    {
        var (kernel, _) = await RunAsync();

        (await kernel.InvokeAsync("#!neuro-buy", new { })).Failure!.ShouldContain("#!neuro-buy needs --amount");
        (await kernel.InvokeAsync("#!neuro-buy", new { amount = "much" })).Failure
            .ShouldBe("--amount is 'much'; expected an amount of NTK such as 12.5. (magic.bad_value)");
    }

    [Fact]
    public async Task Directive_Help_Explains()
    {
        var (kernel, _) = await RunAsync();

        var helped = await kernel.InvokeAsync("#!neuro-quote", new { help = true });

        helped.Displayed.ShouldHaveSingleItem().ShouldBeOfType<MimeBundle>().Text.ShouldContain("--most-spend");
    }

    [Fact]
    public async Task Parameters_CompleteTheirValues()
    {
        var (kernel, _) = await RunAsync();

        kernel.Added["#!neuro-quote"].Directive.Parameters.Single(parameter => parameter.Name == "--pricing").Completions.ShouldBe(["uniform", "vickrey"]);
        kernel.Added["#!neuro-bid"].Directive.Parameters.Single(parameter => parameter.Name == "--kind").Completions.ShouldContain("post-only");
    }

    [Theory]
    [InlineData("{\"mostSpend\":\"1.5\",\"recipe\":\"mine\"}", "#!neuro-quote --most-spend \"1.5\" --recipe @mine")]
    [InlineData("{\"recipe\":\"@mine\",\"count\":20}", "#!neuro-quote --recipe @mine --count \"20\"")]
    [InlineData("{\"recipe\":\"a \\\"b\\\" \\\\c\",\"unknown\":\"x\"}", "#!neuro-quote --recipe \"a \\\"b\\\" \\\\c\"")]
    [InlineData("{\"as\":\"mine\"}", "#!neuro-quote --as \"mine\"")]
    public void Line_OfJsonArguments_IsTheOneThatTheCatalogueReads(string given, string line)
    {
        var kernel = new Kernel { Variables = { ["mine"] = 1 } };
        var magics = new ForeignMagics(kernel);

        magics.Line(magics.Magics.Single(magic => magic.Name == "neuro-quote"), JsonSerializer.Deserialize<Dictionary<string, JsonElement>>(given)!).ShouldBe(line);
    }

    private static async Task<(Kernel Kernel, Assembly Script)> RunAsync()
    {
        var kernel = Kernel.Anew();
        var cancel = TestContext.Current.CancellationToken;
        var dib = await File.ReadAllTextAsync(Path.Combine(Repository.Root, "src", "Neuro.Interactive", "DotNetInteractive", "extension.dib"), cancel);
        var code = dib.Split("#!csharp", 2)[1];
        code.ShouldNotContain("#!csharp");
        var tree = CSharpSyntaxTree.ParseText(code, new CSharpParseOptions(kind: SourceCodeKind.Script), cancellationToken: cancel);
        var references = ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!).Split(Path.PathSeparator)
            .Append(typeof(ExtensionTests).Assembly.Location).Distinct().Select(path => MetadataReference.CreateFromFile(path));
        var compilation = CSharpCompilation.CreateScriptCompilation("extension", tree, references, new CSharpCompilationOptions(OutputKind.DynamicallyLinkedLibrary));
        using var image = new MemoryStream();
        compilation.Emit(image, cancellationToken: cancel).Diagnostics.Where(found => found.Severity >= DiagnosticSeverity.Warning).ShouldBeEmpty();
        var script = Assembly.Load(image.ToArray());
        await (Task<object>)script.GetType("Script")!.GetMethod("<Factory>")!.Invoke(null, [new object[2]])!;
        return (kernel, script);
    }
}
