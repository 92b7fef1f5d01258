using System.Text.Json.Nodes;
using Neuro.Client.Api;
using Neuro.Client.Jobs;
using Neuro.Client.Market;

namespace Neuro.Backend.Tests.Market;

/// <summary>Generators that accounts publish over catalogues of their own.</summary>
public sealed class GeneratorTests
{
    private static readonly GeneratorListing BuiltIn = new("shelf", 2, "Shelf", "Shelves.", "MIT", ["boxes", "depth"], []);

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Publish_TwoAccounts_ListsTheirsBesideTheBuiltIn()
    {
        await using var platform = await StartAsync();
        var (ada, bo) = (await platform.CustomerAsync(), await platform.CustomerAsync(await platform.Platform.CreateAccountAsync("customer", "Bo", Cancel)));
        var mine = await PublishAsync(ada, "my-shop", [1, 2, 3]);
        await PublishAsync(bo, "a-shop", [4, 5]);

        (mine.Name, mine.Version, mine.Owner).ShouldBe(("my-shop", 1, "first user"));
        mine.Labels.ShouldBe(BuiltIn.Labels);
        mine.Catalogue!.Bytes.ShouldBe(3);
        (await bo.GeneratorsAsync(Cancel)).Select(one => one.Name).ShouldBe(["shelf", "a-shop", "my-shop"]);
    }

    [Fact]
    public async Task Publish_SameContentAgain_IsTheSameVersion()
    {
        await using var platform = await StartAsync();
        var ada = await platform.CustomerAsync();
        await PublishAsync(ada, "my-shop", [1, 2, 3]);
        (await PublishAsync(ada, "my-shop", [1, 2, 3])).Version.ShouldBe(1);
        (await ada.GeneratorsAsync(Cancel)).Count.ShouldBe(2);
    }

    [Theory]
    [InlineData("My shop", new byte[] { 9 })]
    [InlineData("My new shop", new byte[] { 1, 2, 3 })]
    public async Task Publish_OtherContent_IsTheNextVersionAndTheOneListed(string title, byte[] products)
    {
        await using var platform = await StartAsync();
        var ada = await platform.CustomerAsync();
        await PublishAsync(ada, "my-shop", [1, 2, 3]);
        (await PublishAsync(ada, "my-shop", products, title)).Version.ShouldBe(2);
        (await ada.GeneratorsAsync(Cancel)).Single(one => one.Name == "my-shop").Version.ShouldBe(2);
    }

    [Fact]
    public async Task Publish_AtOnce_GivesEachContentAVersionOfItsOwn()
    {
        await using var platform = await StartAsync();
        var ada = await platform.CustomerAsync();
        var versions = await Task.WhenAll(Enumerable.Range(0, 6).Select(i => PublishAsync(ada, "my-shop", [(byte)(i % 3)])));
        versions.Select(one => one.Version).Max().ShouldBe(versions.Select(one => one.Version).Distinct().Count());
    }

    [Fact]
    public async Task Publish_AnothersName_IsRefusedAndChangesNothing()
    {
        await using var platform = await StartAsync();
        var (ada, bo) = (await platform.CustomerAsync(), await platform.CustomerAsync(await platform.Platform.CreateAccountAsync("customer", "Bo", Cancel)));
        await PublishAsync(ada, "my-shop", [1]);
        foreach (var taken in new[] { "my-shop", "shelf" })
        {
            var refused = await Should.ThrowAsync<NeuroException>(() => PublishAsync(bo, taken, [2]));
            (refused.Code, refused.Status).ShouldBe(("generator.name_taken", 409));
            refused.Message.ShouldContain(taken);
        }

        (await bo.GeneratorsAsync(Cancel)).Single(one => one.Name == "my-shop").Owner.ShouldBe("first user");
    }

    [Theory]
    [InlineData("ab")]
    [InlineData("My-shop")]
    [InlineData("my--shop")]
    [InlineData("-shop")]
    [InlineData("my shop")]
    [InlineData("an-endless-name-that-no-table-could-ever-show")]
    public async Task Publish_BadName_SaysWhatIsExpected(string name)
    {
        await using var platform = await StartAsync();
        var ada = await platform.CustomerAsync();
        (await Should.ThrowAsync<NeuroException>(() => PublishAsync(ada, name, [1]))).Code.ShouldBe("generator.bad_name");
    }

    [Fact]
    public async Task Publish_CatalogueThatIsNotYours_IsNotFoundAndNotShared()
    {
        await using var platform = await StartAsync();
        var (ada, bo) = (await platform.CustomerAsync(), await platform.CustomerAsync(await platform.Platform.CreateAccountAsync("customer", "Bo", Cancel)));
        var secret = await ada.Artifacts.UploadAsync([7, 7], "catalogue.tar", cancel: Cancel);
        var refused = await Should.ThrowAsync<NeuroException>(() => bo.Api.PublishGeneratorAsync("my-shop", Publication(secret.Sha256), Cancel));
        refused.Code.ShouldBe("artifact.not_found");
        (await Should.ThrowAsync<NeuroException>(() => bo.Artifacts.DownloadAsync(secret, Cancel))).Code.ShouldBe("artifact.not_found");
    }

    [Fact]
    public async Task Publish_ARecipeBeyondTheBound_IsRefused()
    {
        await using var platform = await StartAsync();
        var ada = await platform.CustomerAsync();
        var publication = Publication(new string('0', 64));
        publication.Recipe["note"] = new string('x', 300_000);
        (await Should.ThrowAsync<NeuroException>(() => ada.Api.PublishGeneratorAsync("my-shop", publication, Cancel))).Code.ShouldBe("generator.recipe_too_large");
    }

    [Fact]
    public async Task Order_OfAPublishedGenerator_NeedsNoFilesOfTheOwner()
    {
        await using var platform = await StartAsync();
        await PublishAsync(await platform.CustomerAsync(), "my-shop", [1, 2, 3]);
        await platform.RestartAsync();
        var bo = await platform.CustomerAsync(await platform.Platform.CreateAccountAsync("customer", "Bo", Cancel), ntk: 100);
        var worker = await platform.NodeAsync("worker");

        var listed = (await bo.GeneratorsAsync(Cancel)).Single(one => one.Name == "my-shop");
        File.ReadAllBytes(await bo.Artifacts.DownloadAsync(listed.Catalogue!, Cancel)).ShouldBe([1, 2, 3]);
        var job = await TestPlatform.OrderAsync(bo, new RenderSpec(listed.Defaults, 7, 2));
        var lease = await worker.ClaimOneAsync();
        lease.Inputs.Single().Sha256.ShouldBe(listed.Catalogue!.Sha256);
        await worker.WorkAsync(lease);
        (await bo.DatasetAsync(await bo.CompleteAsync(job, cancel: Cancel), Cancel)).Catalogue.ShouldBe(listed.Catalogue.Sha256);
    }

    private static Task<TestPlatform> StartAsync() => TestPlatform.StartAsync(options => options with { Generators = [BuiltIn] });

    private static async Task<GeneratorListing> PublishAsync(NeuroClient owner, string name, byte[] products, string title = "My shop") =>
        await owner.Api.PublishGeneratorAsync(name, Publication((await owner.Artifacts.UploadAsync(products, "catalogue.tar", cancel: Cancel)).Sha256) with { Title = title }, Cancel);

    private static GeneratorPublication Publication(string catalogue) =>
        new("My shop", "Everything on our shelves.", "CC-BY-4.0", new JsonObject { ["generator"] = "shelf", ["perShard"] = 2, ["catalogue"] = catalogue });
}
