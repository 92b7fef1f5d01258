using Neuro.Client.Api;
using Neuro.Kernels.Formats;
using Neuro.Kernels.Recipes;
using Neuro.Learning.Evaluation;
using Neuro.Learning.Recognition;
using Neuro.Learning.Tests.Training;

namespace Neuro.Learning.Tests.Recognition;

using Recognition = Neuro.Learning.Recognition.Recognition;

public sealed class FineTuningTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("neuro-finetuning-").FullName;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public void Measure_PhotosInWhichColoursAreExchanged_LearnsThem()
    {
        var products = Path.Combine(folder, "catalogue");
        FromShardsTests.Rendered.WriteCatalogue(products);
        var catalogue = Catalogue.Load(products);
        var plan = new RecognitionPlan { Name = "tiny", Stages = [new(64, 2, 5e-3)], SamplesPerEpoch = 128, BatchSize = 16, Scenes = 60, ThresholdScenes = 20 };
        var model = Recognition.Train(catalogue, plan, 1, Path.Combine(folder, "run"), null, Cancel).Model.Folder;

        // A disc in the colour of another product than rendered pictures had: only photos can tell.
        (byte, byte, byte)[] colours = [(30, 40, 200), (200, 40, 30), (30, 160, 40)];
        var photos = new LabelledImages("photos", 54, () => Enumerable.Range(0, 54).Select(i => new LabelledImage($"{i}", i % 3, Disc(colours[i % 3], i))));
        var measured = FineTuning.Measure(model, photos, [0, 24], 1, Path.Combine(folder, "photos"), null, Cancel);

        measured.Select(one => (one.Photos, one.Top1.Count)).ShouldBe([(0, 30), (24, 30)]);
        measured[1].Top1.Value.ShouldBeGreaterThan(Math.Max(0.6, measured[0].Top1.Value));
        Should.Throw<NeuroException>(() => FineTuning.Measure(model, photos, [54], 1, folder, null, Cancel)).Code.ShouldBe("finetuning.too_few");
    }

    private static Image Disc((byte R, byte G, byte B) colour, int number)
    {
        var rgb = new byte[80 * 80 * 3];
        for (var i = 0; i < 80 * 80; i++)
        {
            var inside = Math.Pow((i % 80) - 40, 2) + Math.Pow((i / 80) - 40, 2) < 900;
            (rgb[3 * i], rgb[(3 * i) + 1], rgb[(3 * i) + 2]) = inside ? colour : ((byte)(60 + number), (byte)90, (byte)(150 - number));
        }

        return new(80, 80, rgb);
    }
}
