using System.IO.Compression;
using System.Text;
using Neuro.Client.Api;
using Neuro.Learning.Exchange;
using Model = Neuro.Learning.Zoo.Zoo;

namespace Neuro.Learning.Tests.Exchange;

public sealed class PyTorchFileTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("neuro-pth-").FullName;

    private static string Files => Path.Combine(Neuro.Testing.Repository.Root, "tests", "Neuro.Learning.Tests", "Exchange", "Files");

    private string File => Path.Combine(folder, "x.pth");

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public void Read_StateDict_HasTheNumbersOfTheOnnxFileOfTheSameModel()
    {
        var tensors = PyTorchFile.Read(Path.Combine(Files, "flattened.pth"));
        var onnx = OnnxImporter.Import(Path.Combine(Files, "flattened-16.onnx")).Weights;

        tensors["fc.weight"].Shape.ShouldBe([5L, 64L]);
        tensors["fc.weight"].Values.ShouldBe(onnx["fc.weight"].Values);
        tensors["depthwise.bias"].Values.ShouldBe(onnx["depthwise.bias"].Values);
    }

    [Fact]
    public void Read_OtherKindsAndStrides_GiveTheSameNumbers()
    {
        var tensors = PyTorchFile.Read(Path.Combine(Files, "kinds.pth"));

        tensors["half"].Values.ShouldBe([0, 1, 2, 3, 4, 5]);
        tensors["whole"].Values.ShouldBe([0, 1, 2, 3]);
        tensors["turned"].Shape.ShouldBe([3L, 2L]);
        tensors["turned"].Values.ShouldBe([0, 3, 1, 4, 2, 5]);
        tensors["scalar"].Shape.ShouldBeEmpty();
        tensors["scalar"].Values.ShouldBe([2.5f]);
    }

    [Fact]
    public void Read_Checkpoint_GivesItsStateDict() => PyTorchFile.Read(Path.Combine(Files, "checkpoint.pth")).Keys.ShouldBe(["a.weight"]);

    [Fact]
    public void Read_PickledModule_IsRefusedByName()
    {
        var error = Should.Throw<NeuroException>(() => PyTorchFile.Read(Path.Combine(Files, "module.pth")));

        error.Code.ShouldBe("weights.refused");
        error.Message.ShouldContain("wants to run 'torch.nn.modules.linear.Linear'");
    }

    [Theory]
    [InlineData("cos\nsystem\n(X\u0004\0\0\0echotR.", "os.system")]
    [InlineData("cbuiltins\neval\n(X\u0001\0\0\01tR.", "builtins.eval")]
    [InlineData("\u008c\u0002os\u008c\u0006system\u0093.", "os.system")]
    [InlineData("ctorch\nload\n.", "torch.load")]
    public void Read_PickleThatWantsToRunCode_IsRefusedByName(string pickle, string function)
    {
        WriteArchive(Encoding.Latin1.GetBytes(pickle));

        var error = Should.Throw<NeuroException>(() => PyTorchFile.Read(File));

        error.Code.ShouldBe("weights.refused");
        error.Message.ShouldContain(function);
    }

    [Theory]
    [InlineData("i")]
    [InlineData("o")]
    [InlineData("\u0081")]
    [InlineData("I1\n.")]
    public void Read_InstructionOfNoStateDict_IsRefused(string pickle)
    {
        WriteArchive(Encoding.Latin1.GetBytes(pickle));

        Should.Throw<NeuroException>(() => PyTorchFile.Read(File)).Code.ShouldBe("weights.refused");
    }

    [Theory]
    [InlineData("")]
    [InlineData("}")]
    [InlineData(".")]
    [InlineData("}.")]
    [InlineData("K\u0001.")]
    [InlineData("X\u00ff\u00ff\u00ff\u00ffab.")]
    [InlineData("ccollections\nOrderedDict\nK\u0001R.")]
    [InlineData("ctorch._utils\n_rebuild_tensor_v2\n)R.")]
    public void Read_PickleOfNothing_IsInvalid(string pickle)
    {
        WriteArchive(Encoding.Latin1.GetBytes(pickle));

        Should.Throw<NeuroException>(() => PyTorchFile.Read(File)).Code.ShouldBe("weights.invalid");
    }

    [Fact]
    public void Read_AnyTruncation_IsInvalid()
    {
        var whole = System.IO.File.ReadAllBytes(Path.Combine(Files, "kinds.pth"));
        for (var length = 0; length < whole.Length; length += 37)
        {
            System.IO.File.WriteAllBytes(File, whole[..length]);
            var error = Should.Throw<NeuroException>(() => PyTorchFile.Read(File));
            error.Code.ShouldBe("weights.invalid");
            error.Message.ShouldContain(File);
        }
    }

    [Fact]
    public void Read_AnyFlippedByte_IsReadOrRefused()
    {
        var whole = System.IO.File.ReadAllBytes(Path.Combine(Files, "kinds.pth"));
        var random = new Random(3);
        for (var trial = 0; trial < 2000; trial++)
        {
            var bytes = whole.ToArray();
            bytes[random.Next(bytes.Length)] = (byte)random.Next(256);
            System.IO.File.WriteAllBytes(File, bytes);
            try
            {
                PyTorchFile.Read(File).ShouldNotBeEmpty();
            }
            catch (NeuroException e)
            {
                e.Code.ShouldStartWith("weights.");
            }
        }
    }

    [Fact]
    public void Read_CompressedStorage_IsRefused()
    {
        using (var archive = ZipFile.Open(File, ZipArchiveMode.Create))
        {
            using var entry = archive.CreateEntry("x/data.pkl", CompressionLevel.SmallestSize).Open();
            entry.Write(new byte[1 << 20]);
        }

        Should.Throw<NeuroException>(() => PyTorchFile.Read(File)).Message.ShouldContain("is compressed");
    }

    [Fact]
    public void Fit_NamesOfOtherVersions_AreFound()
    {
        var spec = Model.MaskRcnn(3, 64, 0.125);
        var random = new Random(1);
        var theirs = WeightLayout.Of(spec).ToDictionary(
            weight => "module." + weight.Name.Replace("rpn.head.conv.", "rpn.head.conv.0.0.").Replace("_blocks.2.", "_blocks.2.0.").Replace("mask_fcn3", "2.0"),
            weight => new TensorValues(weight.Shape, [.. Enumerable.Range(0, (int)weight.Count).Select(_ => random.NextSingle())]));
        theirs["module.aux.weight"] = new([1], [1]);
        theirs["module.bn.num_batches_tracked"] = new([], [1]);

        var (weights, unused) = WeightNames.Fit(spec, theirs);

        weights["rpn.head.conv.bias"].ShouldBe(theirs["module.rpn.head.conv.0.0.bias"]);
        weights["backbone.fpn.inner_blocks.2.weight"].ShouldBe(theirs["module.backbone.fpn.inner_blocks.2.0.weight"]);
        weights["roi_heads.mask_head.mask_fcn3.bias"].ShouldBe(theirs["module.roi_heads.mask_head.2.0.bias"]);
        unused.ShouldBe(["aux.weight"]);
    }

    private void WriteArchive(byte[] pickle)
    {
        using var archive = ZipFile.Open(File, ZipArchiveMode.Create);
        using var entry = archive.CreateEntry("x/data.pkl", CompressionLevel.NoCompression).Open();
        entry.Write(pickle);
    }
}
