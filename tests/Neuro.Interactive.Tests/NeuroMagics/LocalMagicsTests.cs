using System.Security.Cryptography;
using Neuro.Client.Api;
using Neuro.Client.Data;
using Neuro.Client.Jobs;
using Neuro.Client.Market;
using Neuro.Client.Models;
using Neuro.Interactive.Formatting;
using Neuro.Interactive.Magics;
using Neuro.Interactive.Tests.ContractFormatters;

namespace Neuro.Interactive.Tests.NeuroMagics;

/// <summary>Magics whose work the program brings: what it is asked for, what is shown of what it gives, and what a program without it says.</summary>
public sealed class LocalMagicsTests : RecordedFact
{
    private readonly string folder = Directory.CreateTempSubdirectory("neuro-local-").FullName;

    public LocalMagicsTests() => platform
        .Answer("GET /v1/account", new Account(Samples.Id(1), "Ada", Samples.Ntk("984.817")))
        .Answer("GET /v1/platform", Samples.Platform.Platform)
        .Answer("GET /v1/ledger/balance", Samples.Balance)
        .Answer("GET /v1/nodes", Samples.Nodes)
        .Answer("GET /v1/jobs", new[] { Samples.DoneJob, Training })
        .Answer($"GET /v1/jobs/{Training.Id}", Training)
        .Answer($"GET /v1/jobs/{Samples.DoneJob.Id}/receipts", Samples.GoodReceipts.Receipts)
        .Answer($"GET /v1/datasets/{Samples.Dataset.Id}", Samples.Dataset);

    private static Job Training => Samples.DoneJob with { Id = Samples.Id(14), Kind = "train", Title = "Train small-cnn on shelf-7", DatasetId = null, ModelId = Samples.Model.Id };

    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        Directory.Delete(folder, recursive: true);
    }

    [Theory]
    [InlineData("#!neuro-up")]
    [InlineData("#!neuro-evaluate")]
    [InlineData("#!neuro-improve @model --on @test")]
    [InlineData("#!neuro-compress")]
    [InlineData("#!neuro-export")]
    [InlineData("#!neuro-verify")]
    [InlineData("#!neuro-report any.ipynb")]
    public async Task AnyOfThem_InAProgramWithout_SaysInOneSentenceWhatHasIt(string line)
    {
        (host["model"], host["test"]) = (Samples.Model, new object());
        var wrong = await Should.ThrowAsync<MagicException>(() => RunAsync(line, new LocalWork()));
        wrong.Code.ShouldBe("magic.not_here");
        wrong.Message.ShouldContain("run the notebook with `neuro run`");
        wrong.Message.ReplaceLineEndings("\n").ShouldNotContain("\n");
    }

    [Fact]
    public async Task Up_StartsConnectsAndStopsWithTheSession()
    {
        var started = new Started();
        new Connection(platform.Url, RecordedPlatform.Key, Environment.ProcessId).Write(OwnDataFolder.Path);
        try
        {
            await RunAsync("#!neuro-up", new LocalWork
            {
                Up = (_, log, _) =>
                {
                    log.Report("node attic joined");
                    return Task.FromResult<IAsyncDisposable?>(started);
                },
            });
        }
        finally
        {
            Connection.Delete(OwnDataFolder.Path);
        }

        host["client"].ShouldBeOfType<NeuroClient>();
        host.Displayed[0].Values.ShouldBe(["Starting the platform.", "node attic joined"]);
        host.Displayed[1].Values[0].ShouldBeOfType<PlatformStatus>();
        await session.ConnectAsync(platform.Url, RecordedPlatform.Key, host.Cancellation);
        started.Stopped.ShouldBeFalse(); // Another connection leaves it up.
        await session.DisposeAsync();
        started.Stopped.ShouldBeTrue();
    }

    [Fact]
    public async Task Evaluate_OfAFolder_NeedsNoPlatformAndShowsABar()
    {
        (string, object)? asked = null;
        var pictures = new object();
        host["test"] = pictures;

        await RunAsync($"#!neuro-evaluate \"{folder}\"", new LocalWork
        {
            Evaluate = (model, on, done, _) =>
            {
                asked = (model, on);
                done.Report(0.5);
                return Task.FromResult(Samples.SmallEvaluation);
            },
        });

        asked.ShouldBe((folder, pictures));
        host.Displayed[0].Values[^1].ShouldBeOfType<WorkProgress>().Fraction.ShouldBe(1);
        host["evaluation"].ShouldBeOfType<Evaluation>();
        host.Displayed[1].Values[0].ShouldBeSameAs(host["evaluation"]);
        platform.Asked.ShouldBeEmpty();
    }

    [Fact]
    public async Task Evaluate_OfAModelAndADatasetOfThePlatform_DownloadsBoth()
    {
        await ConnectAsync();
        var bytes = new byte[] { 1, 2, 3 };
        var artifact = new ArtifactRef(Convert.ToHexStringLower(SHA256.HashData(bytes)), bytes.Length, "x.tar", "application/x-tar");
        platform
            .Answer("GET /v1/models", new[] { Samples.Model with { Package = artifact } })
            .Answer("GET /v1/datasets", new[] { Samples.Dataset with { Shards = [artifact] } })
            .Answer($"GET /v1/artifacts/{artifact.Sha256}", bytes);
        (string Model, object Pictures)? asked = null;

        await RunAsync("#!neuro-evaluate small-cnn --on shelf-7", new LocalWork
        {
            Evaluate = (model, on, _, _) =>
            {
                asked = (model, on);
                return Task.FromResult(Samples.SmallEvaluation);
            },
        });

        File.ReadAllBytes(asked!.Value.Model).ShouldBe(bytes);
        asked.Value.Pictures.ShouldBeAssignableTo<IReadOnlyList<string>>()!.ShouldHaveSingleItem().ShouldBe(asked.Value.Model);
    }

    [Fact]
    public async Task Evaluate_ThatIsStopped_StopsTheWork()
    {
        using var stop = new CancellationTokenSource();
        var stopped = new RecordingHost { Cancellation = stop.Token, ["test"] = new object() };
        var begun = new TaskCompletionSource();
        var running = new MagicCatalogue(Interactive.Magics.NeuroMagics.All(session, new LocalWork
        {
            Evaluate = async (_, _, _, cancel) =>
            {
                begun.SetResult();
                await Task.Delay(Timeout.Infinite, cancel);
                return Samples.SmallEvaluation;
            },
        })).RunAsync($"#!neuro-evaluate \"{folder}\"", MagicBody.None, stopped);
        await begun.Task.WaitAsync(host.Cancellation);

        await stop.CancelAsync();

        await Should.ThrowAsync<OperationCanceledException>(() => running.WaitAsync(host.Cancellation));
    }

    [Fact]
    public async Task Compress_PassesOnWhatWasWritten()
    {
        CompressRequest? asked = null;
        var report = Samples.Compression;
        var shop = Path.Combine(Repository.Root, "datasets", "corner-shop");
        await RunAsync($"#!neuro-compress \"{folder}\" --catalogue \"{shop}\" --reduce 1.5,4 --epochs 0 --samples 64 --out small", new LocalWork
        {
            Compress = (request, _, _) =>
            {
                asked = request;
                return Task.FromResult(report);
            },
        });

        (asked!.Model, asked.Folder, asked.Epochs, asked.Samples, asked.Seed, asked.Threads).ShouldBe((folder, "small", 0, 64, 1000ul, 1));
        asked.Reductions.ShouldBe([1.5, 4]);
        asked.Catalogue.Products.Count.ShouldBePositive();
        host["compression"].ShouldBeSameAs(report);
    }

    [Theory]
    [InlineData("--reduce two", "--reduce is 'two'; expected numbers above 1")]
    [InlineData("--reduce 1", "--reduce is '1'; expected numbers above 1")]
    [InlineData("--epochs -1", "--epochs is -1; expected 0 to 1000.")]
    [InlineData("--samples 1", "--samples is 1; expected 64 to 10000000.")]
    public async Task Compress_WithAWrongValue_NamesIt(string written, string says) =>
        (await Should.ThrowAsync<MagicException>(() => RunAsync(
            $"#!neuro-compress \"{folder}\" --catalogue \"{Path.Combine(Repository.Root, "datasets", "corner-shop")}\" {written}",
            new LocalWork { Compress = (_, _, _) => throw new InvalidOperationException("It must not come so far.") }))).Message.ShouldContain(says);

    [Fact]
    public async Task Export_SaysHowLargeTheFileIs()
    {
        var file = Path.Combine(folder, "small.onnx");
        await RunAsync($"#!neuro-export \"{folder}\" --out \"{file}\"", new LocalWork { Export = (_, _, path, _) => File.WriteAllBytesAsync(path, new byte[1500], host.Cancellation) });
        host.Text.ShouldBe($"{file}: 1.5 kB");
    }

    [Fact]
    public async Task Export_OfAModelThatWasOrdered_BringsItsReceipts()
    {
        await ConnectAsync();
        var bytes = new byte[] { 1, 2, 3 };
        var artifact = new ArtifactRef(Convert.ToHexStringLower(SHA256.HashData(bytes)), bytes.Length, "x.tar", "application/x-tar");
        platform.Answer($"GET /v1/artifacts/{artifact.Sha256}", bytes);
        host["model"] = Samples.Model with { Package = artifact, JobId = Samples.DoneJob.Id };
        IReadOnlyList<string> given = [];

        await RunAsync($"#!neuro-export --out \"{Path.Combine(folder, "small.onnx")}\"", new LocalWork
        {
            Export = (_, receipts, path, _) =>
            {
                given = receipts;
                return File.WriteAllBytesAsync(path, bytes, host.Cancellation);
            },
        });

        given.ShouldBe(Samples.GoodReceipts.Receipts.Select(receipt => receipt.Signature));
    }

    [Fact]
    public async Task Verify_OfAJob_ChecksItsReceiptsAgainstThePlatformsKey()
    {
        await ConnectAsync();
        VerifyRequest? asked = null;
        string? written = null;
        var verified = Samples.Verified;
        host["job"] = Samples.DoneJob;

        await RunAsync("#!neuro-verify", new LocalWork
        {
            Verify = async (request, _, cancel) =>
            {
                asked = request;
                written = await File.ReadAllTextAsync(request.File, cancel);
                return verified;
            },
        });

        (asked!.Key, asked.Images).ShouldBe((Samples.PlatformKey, 0));
        written!.ShouldContain(Samples.GoodReceipts.Receipts[0].Outputs[0]);
        written!.ShouldContain(Samples.Dataset.RecipeHash);
        File.Exists(asked.File).ShouldBeFalse();
        host.Displayed[^1].Values[0].ShouldBeSameAs(verified);
    }

    [Fact]
    public async Task Verify_OfAFile_AsksNobody()
    {
        var file = Path.Combine(folder, "receipts.json");
        await File.WriteAllTextAsync(file, "[]", host.Cancellation);
        VerifyRequest? asked = null;
        await RunAsync($"#!neuro-verify \"{file}\" --render 2 --key abc", new LocalWork
        {
            Verify = (request, _, _) =>
            {
                asked = request;
                return Task.FromResult(Samples.FalseReceipts);
            },
        });
        asked.ShouldBe(new VerifyRequest(file, "abc", 2));
        platform.Asked.ShouldBeEmpty();
    }

    [Fact]
    public async Task Report_IsWrittenBesideTheNotebook()
    {
        var notebook = Path.Combine(folder, "shelf.ipynb");
        await File.WriteAllTextAsync(notebook, "{}", host.Cancellation);
        var work = new LocalWork
        {
            Report = async (_, page, cancel) =>
            {
                await File.WriteAllTextAsync(page, "<html>", cancel);
                return "My shelf";
            },
        };

        await RunAsync($"#!neuro-report \"{notebook}\"", work);

        host.Text.ShouldBe($"{Path.Combine(folder, "shelf.html")}: \"My shelf\", 6 B");
        (await Should.ThrowAsync<MagicException>(() => RunAsync("#!neuro-report nowhere.ipynb", work))).Message.ShouldContain("--notebook is 'nowhere.ipynb'");
    }

    [Fact]
    public async Task Order_WhoseCellIsStopped_SaysThatTheJobGoesOn()
    {
        await ConnectAsync();
        platform.Answer("POST /v1/jobs", Samples.Job).Answer($"GET /v1/jobs/{Samples.Job.Id}", Samples.Job).Events(Samples.Job.Id);
        using var stop = new CancellationTokenSource();
        var stopping = new StoppingHost(stop, Samples.Quote);

        var magics = new MagicCatalogue(Interactive.Magics.NeuroMagics.All(session));
        await Should.ThrowAsync<OperationCanceledException>(() => magics.RunAsync("#!neuro-order", MagicBody.None, stopping).WaitAsync(host.Cancellation));

        stopping.Shown[^1].ShouldBeOfType<string>().ShouldContain("goes on");
        stopping.Shown[^1].ShouldBeOfType<string>().ShouldContain($"CancelAsync(new(\"{Samples.Job.Id}\"))");
    }

    [Fact]
    public async Task Runs_ListsTrainingsAlone()
    {
        await ConnectAsync();
        await RunAsync("#!neuro-runs", new LocalWork());
        host.Displayed.ShouldHaveSingleItem().Values[0].ShouldBeAssignableTo<IReadOnlyList<Job>>()!.ShouldHaveSingleItem().Id.ShouldBe(Training.Id);
    }

    [Fact]
    public async Task Runs_OfOne_HasTheWholeCurveAgain()
    {
        await ConnectAsync();
        platform.Events(
            Training.Id,
            new JobEvent(1, Samples.Noon.AddSeconds(5), "progress", "epoch 1", 0, 0.5, new TrainingPoint(10, 20, 0, 2.1, 0.4, null, 500)),
            new JobEvent(2, Samples.Noon.AddSeconds(8), "progress", "epoch 2", 0, 0.9, new TrainingPoint(20, 20, 1, 1.1, 0.7, 0.6, 500)),
            new JobEvent(3, Samples.Noon.AddSeconds(9), "ended", "verified", null, 1, null));
        await RunAsync("#!neuro-runs \"Train small-cnn on shelf-7\"", new LocalWork());
        host.Displayed[0].Values[^1].ShouldBeOfType<JobProgress>().Curve.Select(point => point.Loss).ShouldBe([2.1, 1.1]);
        host.Displayed[1].Values.ShouldBe([Training]);
    }

    [Fact]
    public async Task Runs_OfAnotherJobOrAFolder_SaysSoOrShowsItsCard()
    {
        await ConnectAsync();
        host["job"] = Samples.DoneJob;
        (await Should.ThrowAsync<MagicException>(() => RunAsync("#!neuro-runs @job", new LocalWork()))).Message.ShouldContain("is a render job");
        await File.WriteAllTextAsync(Path.Combine(folder, "results.csv"), "epoch,loss\n1,0.5\n", host.Cancellation);
        await RunAsync($"#!neuro-runs \"{folder}\"", new LocalWork());
        host.Displayed[^1].Values[0].ShouldBeOfType<TrainingRunCard>();
    }

    [Fact]
    public void Documentation_ListsEveryMagic() => MagicsPage.IsUpToDate(new MagicCatalogue(Interactive.Magics.NeuroMagics.All(session)));

    private Task RunAsync(string line, LocalWork work) => new MagicCatalogue(Interactive.Magics.NeuroMagics.All(session, work)).RunAsync(line, MagicBody.None, host);

    private sealed class Started : IAsyncDisposable
    {
        public bool Stopped { get; private set; }

        public ValueTask DisposeAsync()
        {
            Stopped = true;
            return ValueTask.CompletedTask;
        }
    }

    /// <summary>A host whose cell is stopped once a job is followed.</summary>
    private sealed class StoppingHost(CancellationTokenSource stop, Quote quote) : IMagicHost, IDisplayHandle
    {
        public List<object?> Shown { get; } = [];

        public CancellationToken Cancellation => stop.Token;

        public IReadOnlyCollection<string> VariableNames => ["quote"];

        public IDisplayHandle Display(object? value)
        {
            Shown.Add(value);
            if (value is JobProgress)
            {
                stop.Cancel();
            }

            return this;
        }

        public void Update(object? value)
        {
        }

        public bool TryGetVariable(string name, out object? value)
        {
            value = name == "quote" ? quote : null;
            return value is not null;
        }

        public void SetVariable(string name, object? value)
        {
        }

        public Task RunAsync(MagicBody code) => throw new InvalidOperationException();

        public Task<string?> AskAsync(string prompt) => throw new InvalidOperationException();

        public Task ImportAsync(string file) => throw new InvalidOperationException();
    }
}
