using System.Text;
using Neuro.Cli.Embedding;
using Neuro.Client.Api;
using Neuro.Interactive.Formatting;
using Neuro.Interactive.Magics;
using Neuro.Kernels.Formats;
using Neuro.Learning.Evaluation;
using Neuro.Learning.Exchange;
using Neuro.Learning.Training;

namespace Neuro.Cli.Tests.Embedding;

/// <summary>What this program does for the magics, on real models and files.</summary>
public sealed class LocalMagicsTests : CliFact
{
    private readonly LocalWork work = LocalMagics.Work;
    private readonly Progress<double> nobody = new();

    private static string Model => Path.Combine(Repository.Root, "datasets", "models", "sku");

    [Fact]
    public void Work_HasAllThatMagicsAskFor() =>
        typeof(LocalWork).GetProperties().Where(property => property.PropertyType.IsAssignableTo(typeof(Delegate))).ShouldAllBe(property => property.GetValue(work) != null);

    [Fact]
    public async Task Export_OfAPackage_IsTheModelsOnnxFile()
    {
        var (model, file) = (Model, Path.Combine(Folder, "out.onnx"));
        var package = Path.Combine(Folder, "model.tar");
        await File.WriteAllBytesAsync(package, ModelPackage.Pack(model), Cancel);

        await work.Export!(package, [], file, Cancel);

        File.ReadAllBytes(file).ShouldBe(File.ReadAllBytes(Path.Combine(model, "model.onnx")));
        (await Should.ThrowAsync<NeuroException>(() => work.Export!(model, [], "out.h5", Cancel))).Code.ShouldBe("model.unknown_format");
        await work.Export!(package, ["c2lnbmF0dXJl", "YW5vdGhlcg=="], file, Cancel);
        Encoding.UTF8.GetString(File.ReadAllBytes(file)).ShouldContain("c2lnbmF0dXJl YW5vdGhlcg==");
    }

    [Fact]
    public async Task Evaluate_OfPhotos_CountsEachAndSaysHowFarItIs()
    {
        var photos = Photos(6);
        var shares = new List<double>();

        var evaluation = await work.Evaluate!(Model, LabelledImages.FromCsv(photos, "labels.csv"), new ImmediateProgress<double>(shares.Add), Cancel);

        evaluation.Count.ShouldBe(6);
        evaluation.Confusion.Sum(row => row.Sum()).ShouldBe(6);
        shares[^1].ShouldBe(1);
        (await Should.ThrowAsync<NeuroException>(() => work.Evaluate!(Model, "a text", nobody, Cancel))).Code.ShouldBe("evaluation.pictures_unknown");
    }

    [Fact]
    public async Task Report_OfANotebook_IsAPageWithItsTitle()
    {
        var page = Path.Combine(Folder, "page.html");

        var title = await work.Report!(Path.Combine(Repository.Root, "notebooks", "01-quickstart.ipynb"), page, Cancel);

        File.ReadAllText(page).ShouldContain($"<title>{Html.Text(title)}</title>");
    }

    [Fact]
    public async Task Verify_OfNoReceipts_SaysWhatWritesSome()
    {
        var file = Path.Combine(Folder, "receipts.json");
        await File.WriteAllTextAsync(file, "[]", Cancel);
        (await Should.ThrowAsync<NeuroException>(() => work.Verify!(new(file, null, 0), nobody, Cancel))).Code.ShouldBe("receipt.none");
    }

    [Fact]
    public void PreflightReport_IsATableInNotebooks()
    {
        var report = new PreflightReport([new("balance", Verdict.Good, "Each class has its share."), new("one batch", Verdict.Bad, "The <loss> does not fall.")], 1000, 50, TimeSpan.FromSeconds(20));

        var bundle = Formatter.Format(report);

        bundle.Text.ShouldBe("✓ balance: Each class has its share.\n✗ one batch: The <loss> does not fall.");
        bundle.Html!.ShouldStartWith("<table class=\"neuro-table\"><caption>Not ready to train</caption>");
        bundle.Html!.ShouldContain("<td class=\"neuro-bad\">✗</td>");
        bundle.Html!.ShouldContain("The &lt;loss&gt;");
    }

    private string Photos(int count)
    {
        var folder = Directory.CreateDirectory(Path.Combine(Folder, "photos")).FullName;
        var image = Codec.Png(new Image(24, 24, [.. Enumerable.Range(0, 24 * 24 * 3).Select(i => (byte)(i % 251))]));
        for (var i = 0; i < count; i++)
        {
            File.WriteAllBytes(Path.Combine(folder, $"{i}.png"), image);
        }

        File.WriteAllLines(Path.Combine(folder, "labels.csv"), Enumerable.Range(0, count).Select(i => $"{i}.png,{i % 3},x").Prepend("file,class_id,name"));
        return folder;
    }
}
