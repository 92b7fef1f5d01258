using System.Formats.Tar;
using Neuro.Client.Api;
using Neuro.Kernels.Formats;
using Neuro.Learning.Evaluation;
using Neuro.Learning.Exchange;
using Neuro.Learning.Tests.Training;
using Neuro.Learning.Training;

namespace Neuro.Learning.Tests.Evaluation;

/// <summary>One small model, trained once, measured and packed in many ways.</summary>
public sealed class EvaluatorTests(EvaluatorTests.Trained trained) : IClassFixture<EvaluatorTests.Trained>
{
    private static readonly LabelledImages Photos = Of([.. Enumerable.Range(0, 60).Select(i => (i % 3, i % 3))]);

    [Fact]
    public void Evaluate_TrainedModel_CountsAgree()
    {
        using var model = Classifier.Load(trained.Folder);

        var evaluation = Evaluate(model, Photos);

        evaluation.Count.ShouldBe(60);
        evaluation.Top1.ShouldBeGreaterThan(0.9);
        evaluation.Top5.ShouldBe(1);
        evaluation.Confusion.Sum(row => row.Sum()).ShouldBe(60);
        evaluation.Confusion.Select((row, i) => row[i]).Sum().ShouldBe((int)Math.Round(evaluation.Top1 * 60));
        evaluation.Top1.ShouldBeInRange(evaluation.Top1Low, evaluation.Top1High);
        evaluation.Classes.ShouldBe(Pictures.Classes);
    }

    [Fact]
    public void Evaluate_WrongLabels_ShowsSixSmallPicturesMostConfidentFirst()
    {
        using var model = Classifier.Load(trained.Folder);

        var evaluation = Evaluate(model, Of([.. Enumerable.Range(0, 30).Select(i => (i % 3, (i + 1) % 3))]));

        evaluation.Top1.ShouldBeLessThan(0.1);
        evaluation.MacroRecall.ShouldBeLessThan(0.1);
        evaluation.Worst.Count.ShouldBe(6);
        evaluation.Worst.Select(mistake => -mistake.Confidence).ShouldBeInOrder();
        foreach (var mistake in evaluation.Worst)
        {
            var picture = Codec.Decode(mistake.Jpeg, mistake.File);
            picture.Width.ShouldBeLessThanOrEqualTo(160);
            mistake.Actual.ShouldNotBe(mistake.Predicted);
        }
    }

    [Fact]
    public void Measure_SamePictures_AgreesWithEvaluate()
    {
        using var model = Classifier.Load(trained.Folder);

        var (metrics, slices) = Evaluator.Measure(model, Photos, null, TestContext.Current.CancellationToken);

        metrics.Top(1).Value.ShouldBe(Evaluate(model, Photos).Top1);
        metrics.Outcomes.Count(outcome => outcome.Right).ShouldBe(metrics.Top(1).Hits);
        Calibration.Of(metrics.Outcomes).ExpectedError.ShouldBeInRange(0, 1);
        slices.ShouldBeEmpty();
    }

    [Fact]
    public void Measure_RenderedProducts_HasATableByEachCondition()
    {
        using var model = Classifier.Load(trained.Folder);
        var rendered = new LabelledImages("rendered", 30, () => Photos.Read().Take(30).Select((one, i) => one with { Conditions = new(20 + i, 1, 0, 10, 0.5) }));

        var (metrics, slices) = Evaluator.Measure(model, rendered, null, TestContext.Current.CancellationToken);

        slices.Select(table => table.Name).ShouldBe(["size, pixels", "visible share", "share outside the frame", "front turned away, degrees", "light, luma"]);
        slices[0].Rows.Select(row => row.Right.Count).ShouldBe([0, 12, 18, 0, 0]);
        slices[0].Rows.Sum(row => row.Right.Hits).ShouldBe(metrics.Top(1).Hits);
    }

    [Fact]
    public void Predict_AnyPicture_SumsToOne()
    {
        using var model = Classifier.Load(trained.Folder);

        var probabilities = model.Predict([new(3, 90, new byte[3 * 3 * 90]), new(1, 1, new byte[3])]);

        probabilities.Length.ShouldBe(2);
        probabilities.ShouldAllBe(row => Math.Abs(row.Sum() - 1) < 1e-4);
    }

    [Fact]
    public void Evaluate_ClassTheModelDoesNotKnow_IsNamed()
    {
        using var model = Classifier.Load(trained.Folder);

        var error = Should.Throw<NeuroException>(() => Evaluate(model, Of([(0, 9)])));

        error.Code.ShouldBe("evaluation.classes_mismatch");
        error.Message.ShouldContain("class id 9");
    }

    [Fact]
    public void Evaluate_NoPictures_IsRefused()
    {
        using var model = Classifier.Load(trained.Folder);

        Should.Throw<NeuroException>(() => Evaluate(model, Of())).Code.ShouldBe("evaluation.empty");
    }

    [Fact]
    public void Unpack_OfPack_IsTheSameModel()
    {
        var tar = ModelPackage.Pack(trained.Folder);
        var copy = Path.Combine(trained.Folder, "copy");

        ModelPackage.Unpack(tar, copy);

        using var model = Classifier.Load(copy);
        using var original = Classifier.Load(trained.Folder);
        var photo = Pictures.Photo(1, 5);
        model.Predict([photo])[0].ShouldBe(original.Predict([photo])[0]);
        ModelPackage.Pack(copy).ShouldBe(tar);
    }

    [Fact]
    public void Unpack_AnythingElse_IsRefusedAndLeavesNoFolder()
    {
        var tar = ModelPackage.Pack(trained.Folder);
        var target = Path.Combine(trained.Folder, "hostile");
        byte[][] hostile = [[], [1, 2, 3], tar[..(tar.Length / 2)], Tar("../evil", [1]), Tar("model.onnx", [1]), ChangedOnnx(tar)];

        foreach (var package in hostile)
        {
            Should.Throw<NeuroException>(() => ModelPackage.Unpack(package, target)).Code.ShouldBe("model.package_invalid");
        }

        Directory.Exists(target).ShouldBeFalse();
        File.Exists(Path.Combine(trained.Folder, "evil")).ShouldBeFalse();
    }

    [Fact]
    public void Unpack_HeaderThatClaimsGigabytes_IsRefusedWithoutMakingRoom()
    {
        // An extended header (POSIX.1-2001, type x) of almost two gigabytes in a package of one kilobyte.
        var tar = new byte[1024];
        "model.onnx"u8.CopyTo(tar);
        "17777777000\0"u8.CopyTo(tar.AsSpan(124));
        tar[156] = (byte)'x';
        "ustar\000"u8.CopyTo(tar.AsSpan(257));
        var sum = Enumerable.Range(0, 512).Sum(at => at is >= 148 and < 156 ? ' ' : tar[at]);
        System.Text.Encoding.ASCII.GetBytes(Convert.ToString(sum, 8).PadLeft(6, '0')).CopyTo(tar, 148);
        var before = GC.GetAllocatedBytesForCurrentThread();
        Should.Throw<NeuroException>(() => ModelPackage.Unpack(tar, Path.Combine(trained.Folder, "hostile"))).Code.ShouldBe("model.package_invalid");
        (GC.GetAllocatedBytesForCurrentThread() - before).ShouldBeLessThan(10 << 20);
    }

    private static Neuro.Client.Models.Evaluation Evaluate(Classifier model, LabelledImages images) =>
        Evaluator.Evaluate(model, images, null, TestContext.Current.CancellationToken);

    private static byte[] ChangedOnnx(byte[] tar)
    {
        using var result = new MemoryStream();
        using (var writer = new TarWriter(result, leaveOpen: true))
        using (var reader = new TarReader(new MemoryStream(tar)))
        {
            while (reader.GetNextEntry(copyData: true) is { } entry)
            {
                if (entry.Name == "model.onnx")
                {
                    entry.DataStream!.Position = entry.Length / 2;
                    entry.DataStream.WriteByte(77);
                    entry.DataStream.Position = 0;
                }

                writer.WriteEntry(entry);
            }
        }

        return result.ToArray();
    }

    private static byte[] Tar(string name, byte[] content)
    {
        using var result = new MemoryStream();
        using (var writer = new TarWriter(result, leaveOpen: true))
        {
            writer.WriteEntry(new UstarTarEntry(TarEntryType.RegularFile, name) { DataStream = new MemoryStream(content) });
        }

        return result.ToArray();
    }

    private static LabelledImages Of(params (int Shown, int Labelled)[] pictures) =>
        new("generated", pictures.Length, () => pictures.Select((picture, i) => new LabelledImage($"{i}.png", picture.Labelled, Pictures.Photo(picture.Shown, i))));

    public sealed class Trained : IDisposable
    {
        public Trained() => Trainer.Train(Pictures.Spec, Pictures.Crops(96), new() { Epochs = 12, BatchSize = 16, LearningRate = 5e-3, Threads = 1, Seed = 7 }, Folder);

        public string Folder { get; } = Directory.CreateTempSubdirectory("neuro-evaluator-").FullName;

        public void Dispose() => Directory.Delete(Folder, recursive: true);
    }
}
