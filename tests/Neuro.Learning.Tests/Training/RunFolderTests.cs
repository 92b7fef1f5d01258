using System.Globalization;
using System.Text.Json;
using System.Xml.Linq;
using Neuro.Client.Api;
using Neuro.Client.Models;
using Neuro.Kernels.Formats;
using Neuro.Learning.Training;

namespace Neuro.Learning.Tests.Training;

public sealed class RunFolderTests(RunFolderTests.Run run) : IClassFixture<RunFolderTests.Run>
{
    [Theory]
    [InlineData("labels.svg")]
    [InlineData("loss.svg")]
    [InlineData("accuracy.svg")]
    [InlineData("confusion.svg")]
    [InlineData("confusion-normalised.svg")]
    [InlineData("precision-recall-f1.svg")]
    [InlineData("predictions.svg")]
    public void Train_Figures_AreWellFormedAndNamed(string file)
    {
        var svg = XDocument.Parse(run.Text(file)).Root!;

        svg.Name.LocalName.ShouldBe("svg");
        svg.Elements().First().Value.ShouldNotBeEmpty();
        svg.Descendants().Attributes().Select(attribute => attribute.Value).ShouldAllBe(value => !value.Contains("NaN", StringComparison.Ordinal));
    }

    [Fact]
    public void Train_Settings_AreTheOptions() =>
        JsonSerializer.Deserialize<TrainingOptions>(run.Text("settings.json"), NeuroJson.Options).ShouldBe(Run.Options);

    [Fact]
    public void Train_Results_AreTheCardsEpochs()
    {
        var rows = run.Rows("results.csv");

        rows.Select(row => (row["epoch"], row["loss"], row["validation_accuracy"])).ShouldBe(
            run.Model.Card.Epochs.Select(epoch => (epoch.Epoch.ToString(CultureInfo.InvariantCulture), Number(epoch.Loss), Number(epoch.ValidationAccuracy!.Value))));
        rows[^1]["learning_rate"].ShouldBe("0");
    }

    [Fact]
    public void Train_Confusion_CountsEveryHeldBackSampleInItsRow()
    {
        var counts = run.Rows("confusion.csv").Select(row => Pictures.Classes.Sum(name => int.Parse(row[name], CultureInfo.InvariantCulture)));

        counts.ShouldBe(Enumerable.Range(0, Pictures.Classes.Length).Select(id => run.Data.Held.Count(crop => crop.ClassId == id)));
        run.Rows("confusion-normalised.csv").Select(row => Pictures.Classes.Sum(name => double.Parse(row[name], CultureInfo.InvariantCulture))).ShouldAllBe(sum => Math.Abs(sum - 1) < 1e-9);
    }

    [Fact]
    public void Train_Confusion_AgreesWithTheLastEpochsAccuracy()
    {
        var right = run.Rows("confusion.csv").Select((row, id) => int.Parse(row[Pictures.Classes[id]], CultureInfo.InvariantCulture)).Sum();

        ((double)right / run.Data.Held.Count).ShouldBe(run.Model.Card.Epochs[^1].ValidationAccuracy!.Value, 1.5 / run.Data.Held.Count);
    }

    [Fact]
    public void Train_Labels_CountWhatIsLearntFrom() =>
        run.Rows("labels.csv").Select(row => int.Parse(row["samples"], CultureInfo.InvariantCulture)).ShouldBe(run.Data.ClassCounts);

    [Fact]
    public void Train_FirstBatch_IsAPictureOfItsSamples()
    {
        var mosaic = Codec.Decode(File.ReadAllBytes(Path.Combine(run.Model.Folder, "first-batch.jpg")), "first-batch.jpg");

        (mosaic.Width, mosaic.Height).ShouldBe((4 * Pictures.Size, 4 * Pictures.Size)); // 16 samples.
    }

    [Fact]
    public void Train_Stopped_HasTheResultsSoFar()
    {
        var folder = Path.Combine(run.Model.Folder, "stopped");
        using var cancel = new CancellationTokenSource();
        Should.Throw<OperationCanceledException>(() => Trainer.Train(Pictures.Spec, run.Data, Run.Options, folder, new ImmediateProgress<TrainingPoint>(point =>
        {
            if (point is { Epoch: 2, ValidationAccuracy: not null })
            {
                cancel.Cancel();
            }
        }), cancel.Token));

        File.ReadAllLines(Path.Combine(folder, "results.csv")).ShouldBe(File.ReadAllLines(Path.Combine(run.Model.Folder, "results.csv"))[..3]);
        File.Exists(Path.Combine(folder, "accuracy.svg")).ShouldBeTrue();
        Directory.GetFiles(Path.Combine(folder, Trainer.BestFolder)).Length.ShouldBe(1);
    }

    [Fact]
    public void Train_CheckpointCannotBeWritten_SaysWhatIsKept()
    {
        var folder = Path.Combine(run.Model.Folder, "full");
        Directory.CreateDirectory(Path.Combine(folder, Trainer.CheckpointFolder, "epoch-0002.safetensors", "in the way"));

        var error = Should.Throw<NeuroException>(() => Trainer.Train(Pictures.Spec, run.Data, Run.Options, folder, cancel: TestContext.Current.CancellationToken));

        error.Code.ShouldBe("training.not_written");
        error.Message.ShouldContain("the checkpoint of epoch 1 is kept");
        Directory.GetFiles(Path.Combine(folder, Trainer.CheckpointFolder)).ShouldHaveSingleItem().ShouldEndWith("epoch-0001.safetensors");
    }

    private static string Number(double value) => value.ToString("R", CultureInfo.InvariantCulture);

    /// <summary>One finished run for all.</summary>
    public sealed class Run : IDisposable
    {
        internal static readonly TrainingOptions Options = new() { Epochs = 5, BatchSize = 16, LearningRate = 5e-3, Threads = 1, Seed = 7, Precision = Precision.Float32, MixUp = 0.1 };

        public Run() => Model = Trainer.Train(Pictures.Spec, Data, Options, Directory.CreateTempSubdirectory("neuro-run-").FullName);

        internal CropSet Data { get; } = Pictures.Crops(160);

        internal TrainedModel Model { get; }

        internal string Text(string file) => File.ReadAllText(Path.Combine(Model.Folder, file));

        internal IReadOnlyList<Dictionary<string, string>> Rows(string file)
        {
            var lines = File.ReadAllLines(Path.Combine(Model.Folder, file));
            return [.. lines.Skip(1).Select(line => lines[0].Split(',').Zip(line.Split(',')).ToDictionary(pair => pair.First, pair => pair.Second))];
        }

        public void Dispose() => Directory.Delete(Model.Folder, recursive: true);
    }
}
