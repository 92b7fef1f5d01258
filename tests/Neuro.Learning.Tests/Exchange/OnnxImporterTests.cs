using Neuro.Client.Api;
using Neuro.Learning.Exchange;
using Neuro.Learning.Runtime;
using Neuro.Learning.Specs;
using Neuro.Learning.Training;
using static Neuro.Learning.Exchange.OnnxGraph;
using Model = Neuro.Learning.Zoo.Zoo;

namespace Neuro.Learning.Tests.Exchange;

/// <remarks>Every import runs the file in OnnxRuntime beside what was read of it, so a test that imports has compared the numbers.</remarks>
public sealed class OnnxImporterTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("neuro-onnx-").FullName;

    private static string Files => Path.Combine(Neuro.Testing.Repository.Root, "tests", "Neuro.Learning.Tests", "Exchange", "Files");

    private string File => Path.Combine(folder, "model.onnx");

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Theory]
    [InlineData("resnet18")]
    [InlineData("mobilenet-v2")]
    [InlineData("googlenet")]
    [InlineData("squeezenet1.1")]
    [InlineData("ssd300-vgg16")]
    [InlineData("yolo-nano")]
    [InlineData("segnet")]
    [InlineData("wavenet")]
    public void Import_OfOurExport_GivesTheSpecAgain(string model)
    {
        var spec = model switch
        {
            "resnet18" => Model.ResNet18(5, 40, 0.25),
            "mobilenet-v2" => Model.MobileNetV2(5, 40, 0.25),
            "googlenet" => Model.GoogLeNet(5, 75, 0.25),
            "squeezenet1.1" => Model.SqueezeNet(5, 70, 0.25),
            "ssd300-vgg16" => Model.Ssd300(4, 300, 0.0625),
            "yolo-nano" => Model.YoloNano(4, 72),
            "segnet" => Model.SegNet(4, 50, 0.125),
            _ => Model.WaveNet(256, 70, layers: 4),
        };
        TorchRuntime.Load();
        using var network = new Network(spec, 1);
        System.IO.File.WriteAllBytes(File, OnnxExporter.Export(spec, network.Weights()));

        var imported = OnnxImporter.Import(File);

        // Dropout is not in the file, since it does nothing once trained.
        imported.Spec.Task.ShouldBe(spec.Task);
        imported.Spec.Outputs.Keys.ShouldBe(spec.Outputs.Keys);
        imported.Spec.Parameters.ShouldBe(spec.Parameters);
        imported.Spec.InputMean.ShouldBe(spec.InputMean);
        imported.Spec.InputDeviation.ShouldBe(spec.InputDeviation);
        imported.Spec.Layers.Select(layer => layer.Type).ShouldBe(spec.Layers.Where(layer => layer is not Dropout).Select(layer => layer.Type));
        imported.Weights.Keys.ShouldBe(WeightLayout.Of(spec).Select(weight => weight.Name), ignoreOrder: true);
    }

    [Theory]
    [InlineData("flattened-9.onnx", 5)]
    [InlineData("flattened-13.onnx", 5)]
    [InlineData("flattened-16.onnx", 5)]
    [InlineData("segmented-13.onnx", 3)]
    public void Import_OfPyTorch_GivesWhatOnnxRuntimeGives(string file, int classes)
    {
        var imported = OnnxImporter.Import(Path.Combine(Files, file));

        imported.Difference.ShouldBeLessThanOrEqualTo(1e-4);
        imported.Spec.Classes.ShouldBe(classes);
        imported.Spec.Task.ShouldBe(file.StartsWith("seg", StringComparison.Ordinal) ? ModelTask.Segment : ModelTask.Classify);
        imported.Spec.InputMean.ShouldAllBe(mean => mean == 0);
    }

    [Fact]
    public void Import_PixelsNormalisedElsewhere_AreNormalisedInTheSpec()
    {
        var imported = OnnxImporter.Import(Path.Combine(Files, "flattened-13.onnx"), new() { Mean = [123.675f, 116.28f, 103.53f], Deviation = [58.395f, 57.12f, 57.375f] });

        imported.Spec.InputMean.ShouldBe([123.675f, 116.28f, 103.53f]);
        imported.Spec.InputDeviation.ShouldBe([58.395f, 57.12f, 57.375f]);
    }

    /// <summary>As tf2onnx writes a Keras classifier: channels last outside, SAME padding, a Pad of its own, a reshape of [H, W, C], MatMul and Add, a softmax.</summary>
    [Fact]
    public void Import_ChannelsLastWithSamePadding_GivesWhatOnnxRuntimeGives()
    {
        var graph = new OnnxGraph("keras");
        graph.Message.Message(11, Value("image", 1, 12, 12, 3));
        graph.Node("Div", "scale", ["image", graph.Floats("255", [], [255])], "scaled");
        graph.Node("Sub", "centre", ["scaled", graph.Floats("means", [3], [0.4f, 0.5f, 0.6f])], "centred");
        graph.Node("Transpose", "to-nchw", ["centred"], "nchw", Ints("perm", 0, 3, 1, 2));
        graph.Node("Pad", "zeros", ["nchw", graph.Wholes("pads", 0, 0, 0, 0, 0, 0, 1, 1)], "padded");
        graph.Node("Conv", "conv", ["padded", Random(graph, "w", 4, 3, 3, 3)], "a", Ints("strides", 2, 2));
        graph.Node("Add", "bias", ["a", Random(graph, "b", 1, 4, 1, 1)], "a-bias");
        graph.Node("Clip", "six", ["a-bias", graph.Floats("0", [], [0]), graph.Floats("6", [], [6])], "b6");
        graph.Node("MaxPool", "pool", ["b6"], "c", Ints("kernel_shape", 3, 3), Ints("strides", 2, 2), Text("auto_pad", "SAME_UPPER"));
        graph.Node("Conv", "conv2", ["c", Random(graph, "w2", 4, 4, 2, 2)], "d", Text("auto_pad", "SAME_LOWER"));
        graph.Node("Mul", "times", ["d", Random(graph, "per-channel", 1, 4, 1, 1)], "e");
        graph.Node("Transpose", "to-nhwc", ["e"], "nhwc", Ints("perm", 0, 2, 3, 1));
        graph.Node("Shape", "shape", ["nhwc"], "shape-of");
        graph.Node("Gather", "batch", ["shape-of", graph.Wholes("first", 0)], "batch-of");
        graph.Node("Concat", "target", ["batch-of", graph.Wholes("rest", -1)], "target-of", Int("axis", 0));
        graph.Node("Reshape", "flat", ["nhwc", "target-of"], "f");
        graph.Node("MatMul", "dense", ["f", Random(graph, "m", 36, 5)], "g");
        graph.Node("Add", "dense-bias", ["g", Random(graph, "mb", 5)], "h");
        graph.Node("Softmax", "softmax", ["h"], "probabilities");
        Write(graph, "probabilities", 13);

        var imported = OnnxImporter.Import(File);

        imported.Spec.InputMean.Select(mean => Math.Round(mean, 3)).ShouldBe([102, 127.5, 153]);
        imported.Spec.InputDeviation.ShouldAllBe(deviation => Math.Abs(deviation - 255) < 1e-3);
        imported.Spec.Layers.OfType<Linear>().Single().Bias.ShouldBeTrue();
        imported.Notes.ShouldHaveSingleItem().ShouldContain("softmax");
        imported.Spec.Layers.OfType<Pad>().Count().ShouldBe(2);
    }

    [Fact]
    public void Import_UnsupportedOperator_NamesNodeAndWhatIsSupported()
    {
        var graph = Started();
        graph.Node("LeakyRelu", "odd", ["pixels"], "y");
        Write(graph, "y", 13);

        var error = Should.Throw<NeuroException>(() => OnnxImporter.Import(File));

        error.Code.ShouldBe("onnx.unsupported_operator");
        error.Message.ShouldContain("'odd' is a LeakyRelu");
        error.Message.ShouldContain("Supported are Add, AveragePool");
    }

    /// <summary>Nodes that lack what they read, or read what is not there: refused, whatever the operator.</summary>
    [Fact]
    public void Import_NodeWithoutItsInputs_IsRefused()
    {
        string[] operators =
        [
            "Add", "AveragePool", "BatchNormalization", "Clip", "Concat", "Conv", "ConvTranspose", "Div", "Gemm", "LpNormalization", "MatMul", "Max", "MaxPool", "MaxUnpool", "Mul", "Pad", "ReduceL2",
            "ReduceMean", "Reshape", "Resize", "Shape", "Slice", "Softmax", "Squeeze", "Sub", "Transpose", "Unsqueeze", "Gather", "Cast", "Constant",
        ];
        foreach (var type in operators)
        {
            foreach (var inputs in new[] { [], ["pixels"], ["nothing", "nowhere"], new[] { "", "" } })
            {
                var graph = Started();
                graph.Node(type, "n", inputs, "y");
                Write(graph, "y", 11);

                Should.Throw<NeuroException>(() => OnnxImporter.Import(File), type).Code.ShouldMatch("^(onnx|model)\\.");
            }
        }
    }

    [Theory]
    [InlineData(8)]
    [InlineData(22)]
    public void Import_OtherOpset_IsRefused(int opset)
    {
        var graph = Started();
        graph.Node("Relu", "relu", ["pixels"], "y");
        Write(graph, "y", opset);

        Should.Throw<NeuroException>(() => OnnxImporter.Import(File)).Code.ShouldBe("onnx.opset");
    }

    [Theory]
    [InlineData("../secret.bin")]
    [InlineData("/etc/hostname")]
    [InlineData("inner/../../secret.bin")]
    [InlineData("link.bin")]
    [InlineData("missing.bin")]
    [InlineData("short.bin")]
    public void Import_ExternalDataElsewhere_IsRefused(string location)
    {
        var secret = Path.Combine(Path.GetDirectoryName(folder)!, "secret.bin");
        System.IO.File.CreateSymbolicLink(Path.Combine(folder, "link.bin"), "/etc/hostname");
        System.IO.File.WriteAllBytes(Path.Combine(folder, "short.bin"), new byte[8]);
        var graph = Started();
        graph.Message.Message(5, External(location));
        graph.Node("Add", "add", ["pixels", "outside"], "y");
        Write(graph, "y", 13);

        var error = Should.Throw<NeuroException>(() => OnnxImporter.Import(File));

        error.Code.ShouldBe("onnx.external_data");
        error.Message.ShouldContain(location);
        System.IO.File.Exists(secret).ShouldBeFalse();
    }

    [Fact]
    public void Import_ExternalDataBesideTheModel_IsRead()
    {
        System.IO.File.WriteAllBytes(Path.Combine(folder, "data.bin"), [.. new float[] { 0, 1, 2, 3 }.SelectMany(BitConverter.GetBytes)]);
        var graph = Started();
        graph.Message.Message(5, External("data.bin", ("offset", "4"), ("length", "12")));
        graph.Node("Conv", "conv", ["pixels", Random(graph, "w", 3, 3, 1, 1), "outside"], "a");
        Write(graph, "a", 13);

        OnnxImporter.Import(File).Weights["conv.bias"].Values.ShouldBe([1, 2, 3]);
    }

    [Fact]
    public void Import_TensorOfFourGigabytesInAKilobyte_IsRefusedWithoutRoom()
    {
        var graph = Started();
        graph.Message.Message(5, new ProtoWriter().Int(1, 32_768).Int(1, 32_768).Int(2, 1).Text(8, "huge").Floats(9, new float[4]));
        graph.Node("Relu", "relu", ["pixels"], "y");
        Write(graph, "y", 13);
        var before = GC.GetTotalAllocatedBytes(precise: true);

        var error = Should.Throw<NeuroException>(() => OnnxImporter.Import(File));

        error.Code.ShouldBe("onnx.invalid");
        error.Message.ShouldContain("'huge' claims 1,073,741,824 numbers");
        (GC.GetTotalAllocatedBytes(precise: true) - before).ShouldBeLessThan(10_000_000);
    }

    [Fact]
    public void Import_DeepNesting_IsRefusedWithoutRecursion()
    {
        // A node whose attribute is a graph whose node has an attribute that is a graph, and so on.
        var inner = new ProtoWriter().Text(2, "innermost");
        for (var depth = 0; depth < 2000; depth++)
        {
            inner = new ProtoWriter().Message(1, new ProtoWriter().Text(2, "y").Text(4, "If").Message(5, new ProtoWriter().Text(1, "then_branch").Message(6, inner).Int(20, 5)));
        }

        var graph = Started();
        graph.Message.Message(1, new ProtoWriter().Text(2, "y").Text(4, "If").Text(1, "pixels").Message(5, new ProtoWriter().Text(1, "then_branch").Message(6, inner).Int(20, 5)));
        Write(graph, "y", 13);

        Should.Throw<NeuroException>(() => OnnxImporter.Import(File)).Code.ShouldBe("onnx.unsupported_operator");
    }

    [Fact]
    public void Import_AnyTruncation_IsRefused()
    {
        var whole = System.IO.File.ReadAllBytes(Path.Combine(Files, "segmented-13.onnx"));
        for (var length = 0; length < whole.Length; length += 61)
        {
            System.IO.File.WriteAllBytes(File, whole[..length]);
            Should.Throw<NeuroException>(() => OnnxImporter.Import(File)).Code.ShouldStartWith("onnx.");
        }
    }

    [Fact]
    public void Import_AnyFlippedByte_IsReadOrRefused()
    {
        var whole = System.IO.File.ReadAllBytes(Path.Combine(Files, "segmented-13.onnx"));
        var random = new Random(5);
        for (var trial = 0; trial < 300; trial++)
        {
            var bytes = whole.ToArray();
            bytes[random.Next(bytes.Length)] = (byte)random.Next(256);
            System.IO.File.WriteAllBytes(File, bytes);
            try
            {
                OnnxImporter.Import(File).Difference.ShouldBeLessThanOrEqualTo(1e-4);
            }
            catch (NeuroException e)
            {
                e.Code.ShouldMatch("^(onnx|model)\\.");
            }
        }
    }

    private static OnnxGraph Started()
    {
        var graph = new OnnxGraph("hostile");
        graph.Input("pixels", 3, 8, 8);
        return graph;
    }

    private static ProtoWriter External(string location, params (string Key, string Value)[] more)
    {
        var tensor = new ProtoWriter().Int(1, 3).Int(2, 1).Text(8, "outside").Int(14, 1);
        foreach (var (key, value) in more.Prepend(("location", location)))
        {
            tensor.Message(13, new ProtoWriter().Text(1, key).Text(2, value));
        }

        return tensor;
    }

    private static string Random(OnnxGraph graph, string name, params long[] shape)
    {
        var random = new Random(name.Length);
        return graph.Floats(name, shape, [.. Enumerable.Range(0, (int)shape.Aggregate(1L, (a, b) => a * b)).Select(_ => random.NextSingle() - 0.5f)]);
    }

    private static ProtoWriter Value(string name, params int[] sides)
    {
        var shape = new ProtoWriter();
        Array.ForEach(sides, side => shape.Message(1, new ProtoWriter().Int(1, side)));
        return new ProtoWriter().Text(1, name).Message(2, new ProtoWriter().Message(1, new ProtoWriter().Int(1, 1).Message(2, shape)));
    }

    private void Write(OnnxGraph graph, string output, int opset)
    {
        graph.Message.Message(12, new ProtoWriter().Text(1, output).Message(2, new ProtoWriter().Message(1, new ProtoWriter().Int(1, 1))));
        System.IO.File.WriteAllBytes(File, new ProtoWriter().Int(1, 7).Message(7, graph.Message).Message(8, new ProtoWriter().Text(1, "").Int(2, opset)).ToArray());
    }
}
