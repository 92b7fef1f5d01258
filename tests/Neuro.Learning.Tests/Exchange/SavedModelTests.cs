using Neuro.Client.Api;
using Neuro.Learning.Exchange;
using Neuro.Learning.Specs;
using Neuro.Learning.Training;
using Model = Neuro.Learning.Zoo.Zoo;

namespace Neuro.Learning.Tests.Exchange;

public sealed class SavedModelTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("neuro-models-").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public void Import_WeightsOfAZooModel_OpensWithTheSameWeights()
    {
        Neuro.Learning.Runtime.TorchRuntime.Load();
        var spec = Model.SmallCnn(3, 32);
        var weights = Network.Initial(spec, 5);
        var file = Path.Combine(folder, "theirs.safetensors");
        Safetensors.Write(file, weights);

        SavedModel.Import(file, Path.Combine(folder, "m"), new() { Model = "small-cnn", Classes = 3, Size = 32, Names = ["a", "b", "c"], Mean = [1, 2, 3], Deviation = [4, 5, 6] });
        var opened = SavedModel.Open(Path.Combine(folder, "m"));

        opened.Spec.InputMean.ShouldBe([1, 2, 3]);
        opened.Spec.Layers.ShouldBe(spec.Layers, new SameText());
        opened.Weights!["logits.weight"].Values.ShouldBe(weights["logits.weight"].Values);
        opened.Card!.Origin.ShouldNotBeNull().ShouldStartWith("theirs.safetensors ");
        File.ReadAllBytes(Path.Combine(folder, "m", "model.onnx")).ShouldBe(opened.ToOnnx());
    }

    [Fact]
    public void Record_MeasuredTwice_KeepsWhatIsThereAndTheNewestFigures()
    {
        Neuro.Learning.Runtime.TorchRuntime.Load();
        var (file, model) = (Path.Combine(folder, "w.safetensors"), Path.Combine(folder, "m"));
        Safetensors.Write(file, Network.Initial(Model.SmallCnn(3, 32), 5));
        SavedModel.Import(file, model, new() { Model = "small-cnn", Classes = 3, Size = 32 });

        SavedModel.Record(model, "one", new Dictionary<string, double> { ["photos.top1"] = 0.5, ["photos.n"] = 10 });
        SavedModel.Record(model, "two", new Dictionary<string, double> { ["photos.top1"] = 0.75 });

        var card = SavedModel.Open(model).Card!;
        card.Origin.ShouldBe("two");
        card.Metrics.ShouldNotBeNull().Select(metric => (metric.Key, metric.Value)).ShouldBe([("photos.n", 10), ("photos.top1", 0.75)]);
    }

    [Fact]
    public void Import_WeightsOfAModelByRegions_HasNoOnnxFileAndSaysSo()
    {
        var spec = Model.MaskRcnn(3, 64);
        File.WriteAllText(Path.Combine(folder, "spec.json"), Model.MaskRcnn(3, 64, 0.125).ToJson());
        var small = ModelSpec.Parse(File.ReadAllText(Path.Combine(folder, "spec.json")));
        Safetensors.Write(Path.Combine(folder, "w.safetensors"), Network.Initial(small, 1));

        var (model, notes) = SavedModel.Import(Path.Combine(folder, "w.safetensors"), Path.Combine(folder, "m"), new() { Model = Path.Combine(folder, "spec.json") });

        model.Spec.ShouldBe(small);
        small.Parameters.ShouldBeLessThan(spec.Parameters);
        notes.ShouldHaveSingleItem().ShouldContain("no ONNX file");
        SavedModel.Open(Path.Combine(folder, "m")).Measure(1).ShouldBeNull();
        Should.Throw<NeuroException>(() => model.ToOnnx()).Code.ShouldBe("model.not_exportable");
    }

    [Theory]
    [InlineData("nothing.onnx", "model.missing")]
    [InlineData("x.h5", "model.unknown_format")]
    [InlineData("x.safetensors", "model.missing")]
    public void Import_WhatCannotBeRead_SaysWhy(string name, string code)
    {
        File.WriteAllBytes(Path.Combine(folder, "x.h5"), [1]);
        Safetensors.Write(Path.Combine(folder, "x.safetensors"), new Dictionary<string, TensorValues> { ["a"] = new([1], [1]) });

        Should.Throw<NeuroException>(() => SavedModel.Import(Path.Combine(folder, name), Path.Combine(folder, "m"))).Code.ShouldBe(code);
        Directory.Exists(Path.Combine(folder, "m")).ShouldBeFalse();
    }

    [Fact]
    public void Open_UnknownName_ListsTheZoo() => Should.Throw<NeuroException>(() => SavedModel.Open("resnet19")).Message.ShouldContain("resnet18, resnet50");

    [Fact]
    public void Measure_TwiceTheWork_TakesLonger()
    {
        var small = new SavedModel(Model.SmallCnn(10, 32), null, null).Measure(1)!.Value;
        var large = new SavedModel(Model.SmallCnn(10, 128), null, null).Measure(1)!.Value;

        large.Time.ShouldBeGreaterThan(small.Time);
        large.Bytes.ShouldBeInRange(small.Bytes, small.Bytes + 1000);
    }

    private sealed class SameText : IEqualityComparer<Layer>
    {
        public bool Equals(Layer? a, Layer? b) => a?.Name == b?.Name && a?.Type == b?.Type;

        public int GetHashCode(Layer layer) => layer.Name.GetHashCode(StringComparison.Ordinal);
    }
}
