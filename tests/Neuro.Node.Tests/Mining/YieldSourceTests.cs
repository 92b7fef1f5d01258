using Microsoft.Extensions.Time.Testing;
using Neuro.Client.Tokens;
using Neuro.Node.Mining;
using Neuro.Node.Settings;

namespace Neuro.Node.Tests.Mining;

public sealed class YieldSourceTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("neuro-yield-").FullName;
    private readonly List<string> log = [];
    private readonly FakeTimeProvider time = new();

    public YieldSourceTests() => Requires.Program("sh", "a Unix");

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Theory]
    [InlineData("echo 0.8", "0.8")]
    [InlineData("printf 12", "12")]
    [InlineData("echo 0", "0")]
    [InlineData("echo 0.8; exit 1", null)]
    [InlineData("echo 0.8 NTK", null)]
    [InlineData("echo 1e3", null)]
    [InlineData("echo -1", null)]
    [InlineData("echo 1; echo 2", null)]
    [InlineData("true", null)]
    [InlineData("yes 1", null)]
    public async Task Ask_WhatACommandPrints_IsReadStrictly(string script, string? expected)
    {
        var read = await Source(script).AskAsync(["sh", "-c", script], Cancel);
        read.ShouldBe(expected is null ? null : Ntk.Parse(expected));
        log.Count.ShouldBe(expected is null ? 1 : 0);
    }

    [Fact]
    public async Task Ask_NoSuchProgram_IsUnknownAndSaysSo()
    {
        (await Source("").AskAsync(["/nonexistent/yield"], Cancel)).ShouldBeNull();
        log.ShouldHaveSingleItem().ShouldContain("/nonexistent/yield");
    }

    [Fact]
    public async Task Ask_NoAnswer_IsGivenUpAndEnded()
    {
        var answer = Source("").AskAsync(["sh", "-c", $"echo $$ >{folder}/pid; exec sleep 1000"], Cancel);
        var pid = 0;
        while (!File.Exists($"{folder}/pid") || !int.TryParse(await File.ReadAllTextAsync($"{folder}/pid", Cancel), out pid))
        {
        }

        time.Advance(TimeSpan.FromSeconds(10));

        (await answer).ShouldBeNull();
        log.ShouldHaveSingleItem().ShouldContain("did not answer within 10 s");
        while (ProcessLine.Read(pid) is { IsGone: false })
        {
        }
    }

    [Fact]
    public async Task Now_CommandFailsLater_KeepsTheLastAnswerForAnHourThenIsUnknown()
    {
        await File.WriteAllTextAsync($"{folder}/yield", "0.8", Cancel);
        var source = Source($"cat {folder}/yield");
        source.Now(Cancel).ShouldBeNull();
        while (source.Now(Cancel) is null)
        {
        }

        source.Now(Cancel).ShouldBe(Ntk.Parse("0.8"));
        File.Delete($"{folder}/yield");
        for (var minutes = 5; minutes < 60; minutes += 5)
        {
            time.Advance(TimeSpan.FromMinutes(5));
            source.Now(Cancel).ShouldBe(Ntk.Parse("0.8"));
        }

        time.Advance(TimeSpan.FromMinutes(5));
        source.Now(Cancel).ShouldBeNull();
    }

    private YieldSource Source(string script) => new(new MinerSettings { Command = ["miner"], YieldCommand = ["sh", "-c", script] }, time, log.Add);
}
