using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Microsoft.DotNet.Interactive;
using Microsoft.DotNet.Interactive.Commands;
using Microsoft.DotNet.Interactive.CSharp;
using Microsoft.DotNet.Interactive.Events;
using Microsoft.DotNet.Interactive.PackageManagement;

namespace Neuro.Interactive.HostTests;

/// <summary>The packed extension in a kernel of .NET Interactive, brought in as a person does.</summary>
public sealed class ExtensionInHostTests(HostWithExtension host) : IClassFixture<HostWithExtension>
{
    [Fact]
    public async Task Reference_AddsTheMagicsAndNothingToTheUsersScope()
    {
        (await host.RunAsync("#!neuro-balance --help")).OfType<CommandFailed>().ShouldBeEmpty();
        var names = (await host.SendAsync(new RequestValueInfos("csharp"))).OfType<ValueInfosProduced>().ShouldHaveSingleItem();
        names.ValueInfos.Select(info => info.Name).Where(name => name is not ("catalogue" or "recipe" or "mine")).ShouldBeEmpty();
    }

    [Fact]
    public async Task Help_OfAMagic_IsACardWithItsParameters()
    {
        var shown = Shown(await host.RunAsync("#!neuro-quote --help"));

        shown.ShouldContain("<section class=\"neuro-card\"");
        shown.ShouldContain("--most-spend");
    }

    [Fact]
    public async Task Preview_OfAVariable_IsRenderedAndFormatted()
    {
        var catalogue = Path.Combine(Repository.Root, "datasets", "corner-shop");
        Shown(await host.RunAsync($$"""
            using Neuro.Kernels.Recipes;
            var catalogue = Catalogue.Load(@"{{catalogue}}");
            var recipe = ShelfRecipe.Default(catalogue) with { Width = 160, Height = 120 };
            """)).ShouldBeEmpty();

        var shown = Shown(await host.RunAsync("#!neuro-preview --recipe recipe --seed 3"));

        shown.ShouldContain("data:image/");
    }

    [Fact]
    public async Task Connect_LeavesTheClientInAVariable()
    {
        using var platform = new TcpListener(IPAddress.Loopback, 0);
        platform.Start();
        var address = $"http://127.0.0.1:{((IPEndPoint)platform.LocalEndpoint).Port}";
        var serving = AnswerAsync(platform, """{"id":"0193a000-0000-7000-8000-000000000001","name":"Ada","available":"1"}""");

        await host.RunAsync($"#!neuro-connect --url {address} --key nk_test --as mine"); // Its status asks for more than this platform knows.

        Shown(await host.RunAsync("display(mine.Url.ToString());")).ShouldContain(address);
        platform.Stop();
        await serving;
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

    /// <summary>Answers the first request with <paramref name="json"/> and all others with 404, until the listener stops.</summary>
    private static async Task AnswerAsync(TcpListener listener, string json)
    {
        for (var first = true; ; first = false)
        {
            try
            {
                using var connection = await listener.AcceptTcpClientAsync(TestContext.Current.CancellationToken);
                using var reader = new StreamReader(connection.GetStream());
                while (await reader.ReadLineAsync(TestContext.Current.CancellationToken) is { Length: > 0 })
                {
                }

                var answer = first ? $"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {json.Length}\r\nConnection: close\r\n\r\n{json}" : "HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\nConnection: close\r\n\r\n";
                await connection.GetStream().WriteAsync(Encoding.ASCII.GetBytes(answer), TestContext.Current.CancellationToken);
            }
            catch (Exception stopped) when (stopped is SocketException or ObjectDisposedException)
            {
                return;
            }
        }
    }

    private static string Shown(IReadOnlyList<KernelEvent> events)
    {
        events.OfType<CommandFailed>().Select(failed => failed.Message).ShouldBeEmpty();
        return string.Join('\n', events.OfType<DisplayEvent>().SelectMany(shown => shown.FormattedValues).Select(form => form.Value));
    }
}

/// <summary>A kernel that has the packed extension; packed once.</summary>
public sealed class HostWithExtension : IAsyncLifetime
{
    private readonly string folder = Directory.CreateTempSubdirectory("neuro-packages-").FullName;
    private readonly CompositeKernel kernel = [];
    private readonly List<string> unpacked = [];
    private string? script;

    public async ValueTask InitializeAsync()
    {
        foreach (var project in new[] { "Neuro.Client", "Neuro.Kernels", "Neuro.Interactive" })
        {
            // A version of its own: what an earlier run left in the package cache is not taken for this one.
            using var pack = Process.Start("dotnet", ["pack", "-c", "Release", "-o", folder, $"-p:Version={Version}", Path.Combine(Repository.Root, "src", project)]);
            await pack.WaitForExitAsync(TestContext.Current.CancellationToken);
            pack.ExitCode.ShouldBe(0);
        }

        kernel.Add(new CSharpKernel().UseNugetDirective(ReferenceAsync).UseKernelHelpers().UseValueSharing());
        kernel.DefaultKernelName = "csharp";
        await SucceedsAsync($"#i \"nuget: {folder}\"\n#r \"nuget: Neuro.Interactive, {Version}\"");
        // dotnet-interactive's program, which is no package, does this when a package was added: it submits the script in the package's folder.
        await SucceedsAsync(await File.ReadAllTextAsync(script.ShouldNotBeNull(), TestContext.Current.CancellationToken));
    }

    private string Version { get; } = $"0.1.0-test{Guid.NewGuid():N}";

    public Task<IReadOnlyList<KernelEvent>> RunAsync(string code) => SendAsync(new SubmitCode(code));

    public async Task<IReadOnlyList<KernelEvent>> SendAsync(KernelCommand command) => (await kernel.SendAsync(command, TestContext.Current.CancellationToken)).Events;

    public ValueTask DisposeAsync()
    {
        kernel.Dispose();
        foreach (var left in unpacked.Append(folder))
        {
            Directory.Delete(left, recursive: true);
        }

        return ValueTask.CompletedTask;
    }

    private async Task SucceedsAsync(string code) => (await RunAsync(code)).OfType<CommandFailed>().Select(failed => failed.Message).ShouldBeEmpty();

    private Task ReferenceAsync(CSharpKernel csharp, IReadOnlyList<ResolvedPackageReference> packages)
    {
        csharp.AddAssemblyReferences(packages.SelectMany(package => package.AssemblyPaths));
        unpacked.AddRange(packages.Where(package => package.PackageVersion == Version).Select(package => package.PackageRoot));
        script = packages.Select(package => Path.Combine(package.PackageRoot, "interactive-extensions", "dotnet", "extension.dib")).FirstOrDefault(File.Exists);
        return Task.CompletedTask;
    }
}
