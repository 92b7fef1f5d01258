using System.Diagnostics;
using Microsoft.DotNet.Interactive;
using Microsoft.DotNet.Interactive.Commands;
using Microsoft.DotNet.Interactive.CSharp;
using Microsoft.DotNet.Interactive.Events;

namespace Neuro.Interactive.HostTests;

/// <summary>The packed extension in a kernel of .NET Interactive, brought in as a person does.</summary>
public sealed class ExtensionInHostTests(HostWithExtension host) : IClassFixture<HostWithExtension>
{
    [Fact]
    public async Task Reference_AddsTheMagicsAndNothingToTheUsersScope()
    {
        var failed = await host.RunAsync("var __probe = new __Neuro();"); // The one name is there, and is static.
        failed.OfType<CommandFailed>().ShouldHaveSingleItem();
        (await host.RunAsync("#!neuro-balance --help")).OfType<CommandFailed>().ShouldBeEmpty();
    }

    [Fact]
    public async Task Help_OfAMagic_HasItsParameters() =>
        Shown(await host.RunAsync("#!neuro-quote --help")).ShouldContain("--most-spend");

    [Fact]
    public async Task Preview_OfAVariable_IsRenderedAndFormatted()
    {
        var catalogue = Path.Combine(Repository.Root, "datasets", "corner-shop");
        (await host.RunAsync($"var catalogue = Neuro.Kernels.Recipes.Catalogue.Load(@\"{catalogue}\"); var recipe = Neuro.Kernels.Recipes.ShelfRecipe.Default(catalogue) with {{ Width = 160, Height = 120 }};")).OfType<CommandFailed>().ShouldBeEmpty();

        var shown = Shown(await host.RunAsync("#!neuro-preview --recipe recipe --seed 3"));

        shown.ShouldContain("data:image/");
    }

    [Fact]
    public async Task Formatter_OfAContract_IsFoundByItsAttribute() =>
        Shown(await host.RunAsync("display(new Neuro.Client.Market.Balance(\"Ada\", Neuro.Client.Tokens.Ntk.Parse(\"984.817\"), default));")).ShouldContain("Balance of Ada");

    [Fact]
    public async Task Error_OfAMagic_IsItsSentence()
    {
        var failure = (await host.RunAsync("#!neuro-buy much")).OfType<CommandFailed>().ShouldHaveSingleItem();

        failure.Message.ShouldContain("--amount is 'much'");
        failure.Message.ShouldNotContain("   at ");
    }

    [Fact]
    public async Task Completion_OfAParametersValue_KnowsThem()
    {
        const string Line = "#!neuro-quote --pricing ";
        var completed = await host.SendAsync(new RequestCompletions(Line, new LinePosition(0, Line.Length)));

        completed.OfType<CompletionsProduced>().ShouldHaveSingleItem().Completions.Select(item => item.DisplayText).ShouldContain("vickrey");
    }

    private static string Shown(IReadOnlyList<KernelEvent> events)
    {
        events.OfType<CommandFailed>().Select(failed => failed.Message).ShouldBeEmpty();
        return string.Join('\n', events.OfType<DisplayEvent>().SelectMany(shown => shown.FormattedValues).Select(form => form.Value));
    }
}

/// <summary>A host that has the packed extension; packed once.</summary>
public sealed class HostWithExtension : IAsyncLifetime
{
    private readonly string packages = Directory.CreateTempSubdirectory("neuro-packages-").FullName;
    private readonly CompositeKernel kernel = [];

    public async ValueTask InitializeAsync()
    {
        foreach (var project in new[] { "Neuro.Client", "Neuro.Kernels", "Neuro.Interactive" })
        {
            using var pack = Process.Start("dotnet", ["pack", "-c", "Release", "-o", packages, Path.Combine(Repository.Root, "src", project)]);
            await pack.WaitForExitAsync(TestContext.Current.CancellationToken);
            pack.ExitCode.ShouldBe(0);
        }

        kernel.Add(new CSharpKernel().UseNugetDirective().UseKernelHelpers().UseValueSharing());
        kernel.DefaultKernelName = "csharp";
        kernel.UseNuGetExtensions();
        (await RunAsync($"#i \"nuget: {packages}\"\n#r \"nuget: Neuro.Interactive\"")).OfType<CommandFailed>().Select(failed => failed.Message).ShouldBeEmpty();
    }

    public Task<IReadOnlyList<KernelEvent>> RunAsync(string code) => SendAsync(new SubmitCode(code));

    public async Task<IReadOnlyList<KernelEvent>> SendAsync(KernelCommand command) => (await kernel.SendAsync(command, TestContext.Current.CancellationToken)).Events;

    public ValueTask DisposeAsync()
    {
        kernel.Dispose();
        Directory.Delete(packages, recursive: true);
        return ValueTask.CompletedTask;
    }
}
