using System.Security.Cryptography;
using System.Text.Json.Nodes;
using Neuro.Client.Api;
using Neuro.Client.Data;
using Neuro.Client.Jobs;
using Neuro.Client.Market;
using Neuro.Client.Models;
using Neuro.Interactive.Formatting;
using Neuro.Interactive.Magics;
using Neuro.Interactive.Tests.ContractFormatters;
using Neuro.Kernels.Recipes;

namespace Neuro.Interactive.Tests.NeuroMagics;

public sealed class NeuroMagicsTests : RecordedFact
{
    private readonly MagicCatalogue magics;

    public NeuroMagicsTests()
    {
        magics = new MagicCatalogue(Interactive.Magics.NeuroMagics.All(session));
        platform
            .Answer("GET /v1/account", new Account(Samples.Id(1), "Ada", Samples.Ntk("984.817")))
            .Answer("GET /v1/platform", Samples.Platform.Platform)
            .Answer("GET /v1/ledger/balance", Samples.Balance)
            .Answer("GET /v1/ledger/lines", Samples.Ledger)
            .Answer("GET /v1/ledger/proof", Samples.Proof)
            .Answer("POST /v1/treasury/purchases", Samples.Purchase)
            .Answer("GET /v1/generators", new[] { Samples.Generator })
            .Answer("GET /v1/listings", new[] { Samples.Listing })
            .Answer("GET /v1/nodes", Samples.Nodes)
            .Answer("GET /v1/jobs", new[] { Samples.DoneJob, Samples.FailedJob })
            .Answer("GET /v1/datasets", new[] { Samples.Dataset })
            .Answer("GET /v1/models", new[] { Samples.Model })
            .Answer("POST /v1/quotes", Samples.Quote)
            .Answer("POST /v1/jobs", Samples.Job)
            .Answer($"GET /v1/jobs/{Samples.DoneJob.Id}", Samples.DoneJob)
            .Answer($"GET /v1/jobs/{Samples.DoneJob.Id}/receipts", Samples.GoodReceipts.Receipts);
    }

    [Fact]
    public async Task Connect_LeavesTheClientAndShowsTheStatus()
    {
        await magics.RunAsync($"#!neuro-connect {platform.Url} --key {RecordedPlatform.Key}", MagicBody.None, host);
        host["client"].ShouldBeOfType<NeuroClient>().Url.ToString().ShouldBe(platform.Url + "/");
        host.Text.ShouldContain("Connected as Ada");
        host.Text.ShouldContain("1 away, 1 working");
        host.Text.ShouldContain("0 running of 2");
    }

    [Fact]
    public async Task Connect_WithAWrongKey_SaysSo()
    {
        var refused = await Should.ThrowAsync<NeuroException>(() => magics.RunAsync($"#!neuro-connect {platform.Url} --key wrong", MagicBody.None, host));
        refused.Code.ShouldBe("http.401");
        session.Client.ShouldBeNull();
    }

    [Fact]
    public async Task AnyMagic_WithoutAPlatform_SaysHowToStartOne()
    {
        var refused = await Should.ThrowAsync<NeuroException>(() => magics.RunAsync("#!neuro-balance", MagicBody.None, host));
        refused.Code.ShouldBe("platform.not_running");
        refused.Message.ShouldContain("neuro up");
    }

    [Theory]
    [InlineData("#!neuro-status", typeof(PlatformStatus))]
    [InlineData("#!neuro-about", typeof(PlatformCard))]
    [InlineData("#!neuro-balance", typeof(Balance))]
    [InlineData("#!neuro-ledger", typeof(IReadOnlyList<LedgerLine>))]
    [InlineData("#!neuro-proof", typeof(LedgerProof))]
    [InlineData("#!neuro-generators", typeof(IReadOnlyList<GeneratorListing>))]
    [InlineData("#!neuro-listings --kind dataset", typeof(IReadOnlyList<Listing>))]
    [InlineData("#!neuro-nodes", typeof(IReadOnlyList<Client.Nodes.NodeView>))]
    [InlineData("#!neuro-datasets", typeof(IReadOnlyList<DatasetManifest>))]
    [InlineData("#!neuro-models", typeof(IReadOnlyList<ModelManifest>))]
    public async Task Question_ShowsTheContractItself(string line, Type shown)
    {
        await ConnectAsync();
        await magics.RunAsync(line, MagicBody.None, host);
        host.Displayed.ShouldHaveSingleItem().Values.ShouldHaveSingleItem().ShouldBeAssignableTo(shown);
    }

    [Theory]
    [InlineData("#!neuro-ledger", "GET /v1/ledger/lines", "#!neuro-buy")]
    [InlineData("#!neuro-datasets", "GET /v1/datasets", "#!neuro-order")]
    [InlineData("#!neuro-models", "GET /v1/models", "#!neuro-train")]
    [InlineData("#!neuro-nodes", "GET /v1/nodes", "neuro node")]
    [InlineData("#!neuro-listings", "GET /v1/listings", "neuro listings publish")]
    public async Task Question_WithNothingToShow_SaysWhatMakesSome(string line, string route, string wayOut)
    {
        await ConnectAsync();
        platform.Answer(route, Array.Empty<int>());
        await magics.RunAsync(line, MagicBody.None, host);
        host.Text.ShouldContain(wayOut);
    }

    [Fact]
    public async Task Ledger_WithALimit_AsksForThatMany()
    {
        await ConnectAsync();
        await magics.RunAsync("#!neuro-ledger --limit 3", MagicBody.None, host);
        platform.Asked.ShouldContain("GET /v1/ledger/lines?limit=3");
    }

    [Fact]
    public async Task Buy_SendsTheAmountAsWritten()
    {
        await ConnectAsync();
        await magics.RunAsync("#!neuro-buy 12.5", MagicBody.None, host);
        platform.Asked.ShouldContain(asked => asked.StartsWith("POST /v1/treasury/purchases") && asked.Contains("\"amount\":\"12.5\""));
        host.Displayed[^1].Values.ShouldBe([Samples.Purchase]);
    }

    [Theory]
    [InlineData("#!neuro-buy", "magic.missing_value", "#!neuro-buy --amount VALUE")]
    [InlineData("#!neuro-buy much", "magic.bad_value", "--amount is 'much'")]
    [InlineData("#!neuro-ledger --limits 3", "magic.unknown_parameter", "--limit")]
    [InlineData("#!neuro-balanse", "magic.unknown", "#!neuro-balance")]
    [InlineData("#!neuro-quote --recipe @nothing", "magic.unknown_variable", "no variable nothing")]
    [InlineData("#!neuro-order", "magic.missing_value", "#!neuro-quote")]
    [InlineData("#!neuro-train", "magic.missing_value", "--model")]
    [InlineData("#!neuro-train --model no-such.json", "magic.bad_value", "'no-such.json'")]
    [InlineData("#!neuro-preview --index -1", "magic.bad_value", "--index is -1")]
    [InlineData("#!neuro-preview no-such.json", "magic.bad_value", "'no-such.json'")]
    [InlineData("#!neuro-receipts unknown-job", "magic.bad_value", "You have no job 'unknown-job'")]
    [InlineData("#!neuro-dataset shelf-8", "magic.bad_value", "Did you mean shelf-7?")]
    public async Task WrongLine_NamesTheValueAndTheWayOut(string line, string code, string says)
    {
        await ConnectAsync();
        var wrong = await Should.ThrowAsync<MagicException>(() => magics.RunAsync(line, MagicBody.None, host));
        wrong.Code.ShouldBe(code);
        wrong.Message.ShouldContain(says);
    }

    [Fact]
    public async Task Help_OfEveryMagic_IsOneSentenceAndAUsageLine()
    {
        foreach (var magic in Interactive.Magics.NeuroMagics.All(session))
        {
            magic.Help.ShouldEndWith(".");
            magic.Parameters.ShouldAllBe(parameter => parameter.Help.EndsWith('.'));
            await magics.RunAsync($"#!{magic.Name} --help", MagicBody.None, host);
        }

        Snapshot.Match(string.Join("\n\n", host.Displayed.Select(shown => Formatter.Format(shown.Values[0]).Text)));
        platform.Asked.ShouldBeEmpty();
    }

    [Fact]
    public async Task Quote_OfARecipe_UploadsItsCatalogueFirst()
    {
        await ConnectAsync();
        var catalogue = Catalogue.Load(Path.Combine(Repository.Root, "datasets", "corner-shop"));
        var recipe = ShelfRecipe.Default(catalogue) with { Width = 320, Height = 240 };
        platform.Answer($"POST /v1/artifacts/{catalogue.Hash}/upload", new UploadState(0, false, 64 << 20));
        platform.Answer($"PATCH /v1/artifacts/{catalogue.Hash}/upload", new UploadState(1, true, 64 << 20));
        (host["recipe"], host["catalogue"]) = (recipe, catalogue);

        await magics.RunAsync("#!neuro-quote @recipe --count 600 --seed 7 --deadline 00:10:00 --limit 0.2 --pricing vickrey --as price", MagicBody.None, host);

        var asked = platform.Asked.Skip(1).ToList();
        asked[0].ShouldStartWith($"POST /v1/artifacts/{catalogue.Hash}/upload");
        asked[1].ShouldStartWith($"PATCH /v1/artifacts/{catalogue.Hash}/upload");
        asked[2].ShouldStartWith("POST /v1/quotes");
        asked[2].ShouldContain($"\"catalogue\":\"{catalogue.Hash}\"");
        asked[2].ShouldContain("\"seed\":7,\"count\":600");
        asked[2].ShouldContain("\"deadline\":\"00:10:00\",\"limit\":\"0.2\",\"pricing\":\"vickrey\"");
        host["price"].ShouldBeOfType<Quote>().Id.ShouldBe(Samples.Quote.Id);
    }

    [Fact]
    public async Task Quote_OfARecipeForAnotherCatalogue_NamesBoth()
    {
        await ConnectAsync();
        var catalogue = Catalogue.Load(Path.Combine(Repository.Root, "datasets", "corner-shop"));
        (host["recipe"], host["catalogue"]) = (ShelfRecipe.Default(catalogue) with { Catalogue = Samples.Hash(1) }, catalogue);
        var wrong = await Should.ThrowAsync<MagicException>(() => magics.RunAsync("#!neuro-quote @recipe", MagicBody.None, host));
        wrong.Message.ShouldContain(Samples.Hash(1)[..12]);
        wrong.Message.ShouldContain(catalogue.Hash[..12]);
    }

    [Theory]
    [InlineData("", "shelf")]
    [InlineData("--generator shelf", "shelf")]
    [InlineData("--generator handheld", "handheld")]
    [InlineData("--generator tabletop", "tabletop")]
    public async Task Quote_OfAnyGenerator_AsksForItsDefaultRecipe(string option, string generator)
    {
        await ConnectAsync();
        var catalogue = Catalogue.Load(Path.Combine(Repository.Root, "datasets", "corner-shop"));
        platform.Answer($"POST /v1/artifacts/{catalogue.Hash}/upload", new UploadState(1, true, 64 << 20)); // It has it.
        host["catalogue"] = catalogue;

        await magics.RunAsync($"#!neuro-quote {option}", MagicBody.None, host);

        platform.Asked.Last().ShouldContain($"\"generator\":\"{generator}\"");
        platform.Asked.ShouldNotContain(asked => asked.StartsWith("GET /v1/generators"));
    }

    [Fact]
    public async Task Quote_OfAPublishedGenerator_NeedsNoFilesHere()
    {
        await ConnectAsync();
        platform.Answer("GET /v1/generators", new[] { Samples.Generator, Published(new string('a', 64)) });

        await magics.RunAsync("#!neuro-quote --generator my-shop --count 5", MagicBody.None, host);

        platform.Asked.ShouldNotContain(asked => asked.Contains("/v1/artifacts/"));
        var asked = platform.Asked.Last();
        asked.ShouldContain($"\"generator\":\"tabletop\"");
        asked.ShouldContain($"\"catalogue\":\"{new string('a', 64)}\"");
    }

    [Fact]
    public async Task Preview_OfAPublishedGenerator_DownloadsItsProducts()
    {
        await ConnectAsync();
        var catalogue = Catalogue.Load(Path.Combine(Repository.Root, "datasets", "corner-shop"));
        var packed = catalogue.Pack();
        var published = Published(catalogue.Hash);
        platform.Answer("GET /v1/generators", new[] { published }).Answer($"GET /v1/artifacts/{catalogue.Hash}", packed);

        await magics.RunAsync("#!neuro-preview --generator my-shop", MagicBody.None, host);

        host.Displayed[^1].Values[0].ShouldBeOfType<ScenePreview>().RecipeHash.ShouldBe(Recipe.Parse(published.Defaults.ToJsonString()).Hash);
    }

    [Theory]
    [InlineData("#!neuro-quote --generator my-shp", "Did you mean my-shop?")]
    [InlineData("#!neuro-quote --generator my-shop --catalogue datasets/corner-shop", "leave --catalogue out")]
    [InlineData("#!neuro-quote --generator pallet", "comes without products")]
    [InlineData("#!neuro-preview --generator shelf --recipe recipe.json", "give one of them")]
    [InlineData("#!neuro-quote --generator shelf --job @job", "not for both")]
    public async Task Generator_ThatCannotBe_SaysTheWayOut(string line, string says)
    {
        await ConnectAsync();
        host["job"] = new TrainSpec(Samples.Id(6), [], 1, 1);
        platform.Answer("GET /v1/generators", new[] { Samples.Generator with { Name = "pallet" }, Published(new string('a', 64)) });
        (await Should.ThrowAsync<MagicException>(() => magics.RunAsync(line, MagicBody.None, host))).Message.ShouldContain(says);
    }

    [Fact]
    public async Task Preview_OfAnUnknownGeneratorWithoutAPlatform_NamesTheKnownOnes() =>
        (await Should.ThrowAsync<MagicException>(() => magics.RunAsync("#!neuro-preview --generator handhed", MagicBody.None, host))).Message.ShouldContain("handheld");

    [Fact]
    public async Task Order_FollowsTheJobToItsEnd()
    {
        await ConnectAsync();
        platform.Events(
            Samples.Job.Id,
            new JobEvent(1, Samples.Noon, "ordered", "ordered", null, 0, null),
            new JobEvent(2, Samples.Noon.AddSeconds(40), "verified", "shard 11 verified", 11, 0.5, null),
            new JobEvent(3, Samples.Noon.AddSeconds(85), "ended", "all shards verified", null, 1, null));
        host["quote"] = Samples.Quote;

        await magics.RunAsync("#!neuro-order", MagicBody.None, host);

        platform.Asked.ShouldContain(asked => asked.StartsWith("POST /v1/jobs") && asked.Contains(Samples.Quote.Id.ToString()));
        host.Displayed[0].Values[^1].ShouldBeOfType<JobProgress>().Fraction.ShouldBe(1);
        host.Displayed[1].Values.ShouldBe([Samples.DoneJob]);
        host["job"].ShouldBe(Samples.DoneJob);
    }

    [Fact]
    public async Task Order_OfAJobThatFails_SaysWhyAndKeepsTheJob()
    {
        await ConnectAsync();
        platform
            .Answer("POST /v1/jobs", Samples.FailedJob with { State = JobState.Running })
            .Answer($"GET /v1/jobs/{Samples.FailedJob.Id}", Samples.FailedJob)
            .Events(Samples.FailedJob.Id, new JobEvent(1, Samples.Noon, "ended", "failed", null, 0.4, null));
        host["quote"] = Samples.Quote;
        var failed = await Should.ThrowAsync<NeuroException>(() => magics.RunAsync("#!neuro-order @quote", MagicBody.None, host));
        failed.Code.ShouldBe("job.failed");
        failed.Message.ShouldContain("cut short");
        host["job"].ShouldBeOfType<Job>().Id.ShouldBe(Samples.FailedJob.Id);
    }

    [Fact]
    public async Task Order_WithoutEnoughNtk_SaysWhatThePlatformSaid()
    {
        await ConnectAsync();
        platform.Refuse("POST /v1/jobs", 402, "ledger.insufficient_funds", "15.183 NTK are needed, 2 NTK are available; buy 13.183 NTK or more with #!neuro-buy.");
        host["quote"] = Samples.Quote;
        var refused = await Should.ThrowAsync<NeuroException>(() => magics.RunAsync("#!neuro-order", MagicBody.None, host));
        refused.Code.ShouldBe("ledger.insufficient_funds");
        refused.Message.ShouldContain("buy 13.183 NTK");
    }

    [Fact]
    public async Task Train_QuotesOrdersAndLeavesTheModel()
    {
        await ConnectAsync();
        var done = Samples.DoneJob with { Kind = "train", DatasetId = null, ModelId = Samples.Model.Id };
        platform
            .Answer($"GET /v1/jobs/{done.Id}", done)
            .Answer($"GET /v1/models/{Samples.Model.Id}", Samples.Model)
            .Events(
                done.Id,
                new JobEvent(1, Samples.Noon.AddSeconds(5), "progress", "epoch 1", 0, 0.5, new TrainingPoint(10, 20, 0, 2.1, 0.4, null, 500)),
                new JobEvent(2, Samples.Noon.AddSeconds(9), "ended", "verified", null, 1, null));
        (host["dataset"], host["spec"]) = (Samples.Dataset, new Spec());

        await magics.RunAsync("#!neuro-train --dataset @dataset --model @spec --epochs 3 --seed 5", MagicBody.None, host);

        var quoted = platform.Asked.Single(asked => asked.StartsWith("POST /v1/quotes"));
        quoted.ShouldContain($"\"dataset\":\"{Samples.Dataset.Id}\"");
        quoted.ShouldContain("{\"name\":\"tiny\"}");
        quoted.ShouldContain("\"epochs\":3,\"seed\":5");
        host.Displayed[1].Values[^1].ShouldBeOfType<JobProgress>().Curve.ShouldHaveSingleItem().Loss.ShouldBe(2.1);
        host["model"].ShouldBe(Samples.Model);
        host["job"].ShouldBe(done);
    }

    [Fact]
    public async Task Improve_OrdersPicturesOfEachRoundsRecipeAndShowsWhatCameOfIt()
    {
        await ConnectAsync();
        var (catalogue, model) = (Catalogue.Load(Path.Combine(Repository.Root, "datasets", "corner-shop")), Directory.CreateTempSubdirectory("neuro-model-").FullName);
        var (recipe, ordered) = (HandheldRecipe.Default(catalogue), new List<string>());
        ImproveRequest? asked = null;
        var program = new MagicCatalogue(Interactive.Magics.NeuroMagics.All(session, new LocalWork { Improve = async (request, order, progress, _) =>
        {
            asked = request;
            progress.Report(Samples.Improvement with { Rounds = [Samples.Improvement.Rounds[0]] });
            ordered.AddRange(await order(1, HandheldRecipe.Default(catalogue).With("photo.exposure", 0.3)));
            ordered.AddRange(await order(2, request.Recipe));
            progress.Report(Samples.Improvement);
            return ("kept", Samples.Improvement);
        } }));
        var bytes = new byte[] { 1, 2, 3 };
        var shard = new ArtifactRef(Convert.ToHexStringLower(SHA256.HashData(bytes)), bytes.Length, "shard-00000.tar", "application/x-tar");
        platform
            .Answer($"GET /v1/datasets/{Samples.DoneJob.DatasetId}", Samples.Dataset with { Shards = [shard] })
            .Answer($"GET /v1/artifacts/{shard.Sha256}", bytes)
            .Events(Samples.Job.Id, new JobEvent(1, Samples.Noon, "ended", "all shards verified", null, 1, null));
        (host["dataset"], host["test"], host["catalogue"]) = (Samples.Dataset with { Recipe = JsonNode.Parse(recipe.ToJson())!.AsObject() }, Photos, catalogue);
        try
        {
            await program.RunAsync($"#!neuro-improve \"{model}\" --on @test --dataset @dataset --count 50 --rounds 2 --epochs 4 --seed 10 --limit 0.2", MagicBody.None, host);
        }
        finally
        {
            Directory.Delete(model);
        }

        asked.ShouldBe(new ImproveRequest(model, Photos, recipe.Validated(), asked!.Catalogue, 2, 4, 10));
        var quoted = platform.Asked.Where(one => one.StartsWith("POST /v1/quotes")).ToList();
        quoted[0].ShouldContain("\"exposure\":0.3");
        quoted[0].ShouldContain("\"seed\":11,\"count\":50");
        quoted[0].ShouldContain("\"limit\":\"0.2\"");
        quoted[1].ShouldContain("\"seed\":12,\"count\":50");
        ordered.Count.ShouldBe(2);
        host.Displayed.Select(shown => shown.Values[^1]).OfType<Quote>().Count().ShouldBe(2);
        // One place on the page, which grows.
        host.Displayed.Single(shown => shown.Values[^1] is ImprovementReport).Values.Select(value => ((ImprovementReport)value!).Rounds.Count).ShouldBe([1, 1, 3]);
        host.Displayed.Count(shown => shown.Values[^1] is string text && text.StartsWith("The platform trains new weights")).ShouldBe(1);
        host["improved"].ShouldBe("kept");
        host["improvement"].ShouldBeOfType<ImprovementReport>().Rounds.Count.ShouldBe(3);
    }

    [Fact]
    public async Task Improve_InAProgramWithoutTraining_SaysWhatHasIt()
    {
        (host["model"], host["test"]) = (Samples.Model, Photos);
        var wrong = await Should.ThrowAsync<MagicException>(() => magics.RunAsync("#!neuro-improve @model --on @test", MagicBody.None, host));
        wrong.Code.ShouldBe("magic.not_here");
        wrong.Message.ShouldContain("run the notebook with `neuro run`");
    }

    [Theory]
    [InlineData("#!neuro-improve @model --on @seen", "keeps counts and no pictures")]
    [InlineData("#!neuro-improve nowhere --on @test --dataset @dataset", "there is no such folder")]
    [InlineData("#!neuro-improve @seen --on @test --dataset @dataset", "--model is a Evaluation")]
    public async Task Improve_OfWhatCannotBe_SaysTheWayOut(string line, string says)
    {
        await ConnectAsync();
        var catalogue = Catalogue.Load(Path.Combine(Repository.Root, "datasets", "corner-shop"));
        (host["model"], host["seen"], host["test"], host["catalogue"]) = (Samples.Model, Samples.Evaluation, Photos, catalogue);
        host["dataset"] = Samples.Dataset with { Recipe = JsonNode.Parse(ShelfRecipe.Default(catalogue).ToJson())!.AsObject() };
        var program = new MagicCatalogue(Interactive.Magics.NeuroMagics.All(session, new LocalWork { Improve = (_, _, _, _) => throw new InvalidOperationException("It must not come so far.") }));
        (await Should.ThrowAsync<MagicException>(() => program.RunAsync(line, MagicBody.None, host))).Message.ShouldContain(says);
    }

    [Theory]
    [InlineData("#!neuro-receipts")]
    [InlineData("#!neuro-receipts @job")]
    [InlineData("#!neuro-receipts …000000000005")]
    [InlineData("#!neuro-receipts \"Render 600 shelf images, seed 7\"")]
    public async Task Receipts_OfAJobHoweverItIsNamed_AreChecked(string line)
    {
        await ConnectAsync();
        host["job"] = Samples.DoneJob;
        await magics.RunAsync(line, MagicBody.None, host);
        host.Displayed[^1].Values[0].ShouldBeOfType<CheckedReceipts>().AllHold.ShouldBeTrue();
    }

    [Fact]
    public async Task Dataset_DownloadsAuditsAndShowsTheCard()
    {
        await ConnectAsync();
        var catalogue = Catalogue.Load(Path.Combine(Repository.Root, "datasets", "corner-shop"));
        var recipe = ShelfRecipe.Default(catalogue) with { Width = 160, Height = 120 };
        var tar = Path.Combine(OwnDataFolder.Path, "made.tar");
        Directory.CreateDirectory(OwnDataFolder.Path);
        Kernels.Formats.DatasetRenderer.RenderShard(recipe, catalogue, 7, 0, 2, tar, null, host.Cancellation);
        var bytes = await File.ReadAllBytesAsync(tar, host.Cancellation);
        var shard = new ArtifactRef(Convert.ToHexStringLower(SHA256.HashData(bytes)), bytes.Length, "shard-00000.tar", "application/x-tar");
        var dataset = Samples.Dataset with { RecipeHash = recipe.Hash, Seed = 7, Count = 2, Shards = [shard] };
        platform.Answer("GET /v1/datasets", new[] { dataset }).Answer($"GET /v1/artifacts/{shard.Sha256}", bytes);

        await magics.RunAsync("#!neuro-dataset", MagicBody.None, host);

        var card = host.Displayed[^1].Values[0].ShouldBeOfType<DatasetCard>();
        card.AuditedImages.ShouldBe(2);
        card.Audit.Mismatches.ShouldBe(0);
        host["dataset"].ShouldBeOfType<DatasetManifest>().Id.ShouldBe(dataset.Id);
    }

    [Fact]
    public async Task Preview_NeedsNoPlatform()
    {
        await magics.RunAsync($"#!neuro-preview --seed 3 --index 1 --catalogue \"{Path.Combine(Repository.Root, "datasets", "corner-shop")}\"", MagicBody.None, host);
        var preview = host.Displayed[^1].Values[0].ShouldBeOfType<ScenePreview>();
        (preview.Seed, preview.Index).ShouldBe((3ul, 1));
        platform.Asked.ShouldBeEmpty();
    }

    /// <summary>Stands for pictures that Neuro.Learning knows, which goes through as it is.</summary>
    private static readonly Version Photos = new(1, 0);

    private static GeneratorListing Published(string catalogue) => Samples.PublishedGenerator with
    {
        Defaults = JsonNode.Parse(new TabletopRecipe { Catalogue = catalogue, Width = 160, Height = 120 }.ToJson())!.AsObject(),
        Catalogue = Samples.PublishedGenerator.Catalogue! with { Sha256 = catalogue },
    };

    private sealed class Spec
    {
        public string Name { get; } = "tiny";

        public string ToJson() => $$"""{"name":"{{Name}}"}""";
    }
}
