using System.Buffers.Binary;
using System.Text;
using CsCheck;
using Neuro.Client.Api;
using Neuro.Learning.Exchange;

namespace Neuro.Learning.Tests.Exchange;

public sealed class SafetensorsTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("neuro-safetensors-").FullName;

    private string File => Path.Combine(folder, "x.safetensors");

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public void Read_OfWrite_IsIdentity() =>
        Gen.Dictionary(Gen.String[Gen.Char['a', 'z'], 1, 12], Gen.Float.Array[0, 20])[0, 8].Sample(
            arrays =>
            {
                var tensors = arrays.ToDictionary(pair => pair.Key, pair => new TensorValues([pair.Value.Length, 1], pair.Value));

                Safetensors.Write(File, tensors, new Dictionary<string, string> { ["key"] = "value \"quoted\"" });
                var (read, metadata) = Safetensors.Read(File);

                read.Keys.ShouldBe(tensors.Keys, ignoreOrder: true);
                foreach (var (name, tensor) in tensors)
                {
                    read[name].Shape.ShouldBe(tensor.Shape);
                    read[name].Values.ShouldBe(tensor.Values);
                }

                metadata["key"].ShouldBe("value \"quoted\"");
            },
            iter: 30, threads: 1);

    [Theory]
    [InlineData("F16", new byte[] { 0x00, 0x3e, 0x00, 0xc0 })]
    [InlineData("BF16", new byte[] { 0xc0, 0x3f, 0x00, 0xc0 })]
    [InlineData("F64", new byte[] { 0, 0, 0, 0, 0, 0, 0xf8, 0x3f, 0, 0, 0, 0, 0, 0, 0, 0xc0 })]
    public void Read_OtherFloats_AreTheSameNumbers(string type, byte[] numbers)
    {
        var header = $$$"""{"a":{"dtype":"{{{type}}}","shape":[2],"data_offsets":[0,{{{numbers.Length}}}]}}""";
        var prefix = new byte[8];
        BinaryPrimitives.WriteUInt64LittleEndian(prefix, (ulong)header.Length);
        System.IO.File.WriteAllBytes(File, [.. prefix, .. Encoding.UTF8.GetBytes(header), .. numbers]);

        Safetensors.Read(File).Tensors["a"].Values.ShouldBe([1.5f, -2f]);
    }

    [Fact]
    public void Write_LeavesNoPartialFile()
    {
        Safetensors.Write(File, new Dictionary<string, TensorValues> { ["a"] = new([1], [1f]) });

        Directory.GetFiles(folder).ShouldBe([File]);
    }

    [Fact]
    public void Read_AnyTruncation_SaysWhichFile()
    {
        Safetensors.Write(File, new Dictionary<string, TensorValues> { ["a"] = new([2, 2], [1, 2, 3, 4]) });
        var whole = System.IO.File.ReadAllBytes(File);
        for (var length = 0; length < whole.Length; length += 3)
        {
            System.IO.File.WriteAllBytes(File, whole[..length]);
            var error = Should.Throw<NeuroException>(() => Safetensors.Read(File));
            error.Code.ShouldBe("weights.invalid");
            error.Message.ShouldContain(File);
        }
    }

    [Theory]
    [InlineData("""{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]},"b":{"dtype":"F32","shape":[2],"data_offsets":[4,12]}}""", 12)]
    [InlineData("""{"a":{"dtype":"F32","shape":[2],"data_offsets":[4,12]}}""", 12)]
    [InlineData("""{"a":{"dtype":"F32","shape":[3],"data_offsets":[0,8]}}""", 8)]
    [InlineData("""{"a":{"dtype":"F32","shape":[4611686018427387904,4],"data_offsets":[0,8]}}""", 8)]
    [InlineData("""{"a":{"dtype":"F32","shape":[-1],"data_offsets":[0,8]}}""", 8)]
    [InlineData("""{"a":{"dtype":"C64","shape":[1],"data_offsets":[0,8]}}""", 8)]
    [InlineData("""{"a":{"dtype":"F32","shape":[1],"data_offsets":[8,4]}}""", 8)]
    [InlineData("""{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}""", 12)]
    [InlineData("""{"a":7}""", 0)]
    [InlineData("""[]""", 0)]
    [InlineData("""{""", 0)]
    public void Read_HostileHeader_IsRefused(string header, int bytes)
    {
        var prefix = new byte[8];
        BinaryPrimitives.WriteUInt64LittleEndian(prefix, (ulong)header.Length);
        System.IO.File.WriteAllBytes(File, [.. prefix, .. Encoding.UTF8.GetBytes(header), .. new byte[bytes]]);

        Should.Throw<NeuroException>(() => Safetensors.Read(File)).Code.ShouldBe("weights.invalid");
    }

    [Fact]
    public void Read_HeaderLongerThanFile_IsRefusedWithoutReadingIt()
    {
        System.IO.File.WriteAllBytes(File, [255, 255, 255, 255, 255, 255, 255, 127, 1, 2, 3]);

        Should.Throw<NeuroException>(() => Safetensors.Read(File)).Message.ShouldContain("claims");
    }
}
