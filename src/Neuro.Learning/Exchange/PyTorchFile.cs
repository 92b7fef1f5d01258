using System.IO.Compression;
using System.Runtime.InteropServices;
using Neuro.Client.Api;

namespace Neuro.Learning.Exchange;

/// <summary>Reads the tensors of a state dict as <c>torch.save</c> writes it (PyTorch 1.6 and later): a zip of a pickle and of the numbers, one entry a storage. No code in it is run.</summary>
public static class PyTorchFile
{
    private const long MaxNumbers = 600_000_000;

    /// <summary>Where checkpoints keep the state dict among other things.</summary>
    private static readonly string[] Keys = ["state_dict", "model_state_dict", "model"];

    /// <exception cref="NeuroException"><c>weights.refused</c> for what wants to run code, <c>weights.invalid</c>, each with the file.</exception>
    public static IReadOnlyDictionary<string, TensorValues> Read(string path)
    {
        try
        {
            using var archive = ZipFile.OpenRead(path);
            var pickle = archive.Entries.FirstOrDefault(entry => entry.FullName.EndsWith("/data.pkl", StringComparison.Ordinal)) ?? throw Invalid(path, "it holds no data.pkl");
            var folder = pickle.FullName[..^"data.pkl".Length];
            if (archive.GetEntry(folder + "byteorder") is { } order && Encoding(Bytes(path, order, 16)) != "little")
            {
                throw Invalid(path, "its numbers are big-endian; save it on a little-endian machine");
            }

            var (result, numbers) = (new Dictionary<string, TensorValues>(), 0L);
            foreach (var (name, tensor) in Tensors(path, Pickle.Read(path, Bytes(path, pickle, 64 << 20))))
            {
                numbers += Math.Max(0, tensor.Storage.Count);
                result[name] = numbers <= MaxNumbers ? Values(path, archive, folder, name, tensor) : throw Invalid(path, $"its tensors hold more than {MaxNumbers:N0} numbers");
            }

            return result;
        }
        catch (Exception e) when (e is InvalidDataException or EndOfStreamException or OverflowException)
        {
            throw Invalid(path, $"{e.Message.TrimEnd('.')}; files older than PyTorch 1.6 must be saved again");
        }
    }

    private static IEnumerable<(string Name, PickledTensor Tensor)> Tensors(string path, object? root)
    {
        var dictionary = root as Dictionary<string, object?> ?? throw Invalid(path, "it holds no state dict; save one with `torch.save(model.state_dict(), …)`");
        var nested = Keys.Select(key => dictionary.GetValueOrDefault(key)).OfType<Dictionary<string, object?>>().FirstOrDefault();
        var found = (nested ?? dictionary).Where(pair => pair.Value is PickledTensor).Select(pair => (pair.Key, (PickledTensor)pair.Value!)).ToList();
        return found.Count > 0 ? found : throw Invalid(path, $"none of its entries ({string.Join(", ", dictionary.Keys.Take(8))}) is a tensor or a state dict");
    }

    private static TensorValues Values(string path, ZipArchive archive, string folder, string name, PickledTensor tensor)
    {
        var (storage, shape, strides) = (tensor.Storage, tensor.Shape, tensor.Strides);
        var count = (Int128)1;
        var last = (Int128)tensor.Offset;
        for (var i = 0; i < shape.Length; i++)
        {
            if (shape.Length > 8 || strides.Length != shape.Length || shape[i] < 0 || strides[i] < 0)
            {
                throw Invalid(path, $"tensor '{name}' has the shape [{string.Join(", ", shape.Take(9))}] with the strides [{string.Join(", ", strides.Take(9))}]");
            }

            count *= shape[i];
            last += (Int128)Math.Max(0, shape[i] - 1) * strides[i];
        }

        if (tensor.Offset < 0 || count > storage.Count || (count > 0 && last >= storage.Count))
        {
            throw Invalid(path, $"tensor '{name}' of shape [{string.Join(", ", shape)}] does not lie within its {storage.Count:N0} numbers");
        }

        var numbers = Numbers(path, archive, folder, name, storage);
        var values = new float[(int)count];
        var index = new long[shape.Length];
        for (var (i, from) = (0, tensor.Offset); i < values.Length; i++)
        {
            values[i] = numbers[from];
            for (var axis = shape.Length - 1; axis >= 0; axis--)
            {
                from += strides[axis];
                if (++index[axis] < shape[axis])
                {
                    break;
                }

                from -= strides[axis] * shape[axis];
                index[axis] = 0;
            }
        }

        return new(shape, values);
    }

    private static float[] Numbers(string path, ZipArchive archive, string folder, string name, PickledStorage storage)
    {
        var entry = archive.GetEntry($"{folder}data/{storage.Key}") ?? throw Invalid(path, $"tensor '{name}' lies in the entry data/{storage.Key}, which is not there");
        var width = storage.Type switch
        {
            "torch.DoubleStorage" or "torch.LongStorage" => 8,
            "torch.FloatStorage" or "torch.IntStorage" => 4,
            "torch.HalfStorage" or "torch.BFloat16Storage" or "torch.ShortStorage" => 2,
            _ => 1,
        };
        var bytes = entry.Length == checked(storage.Count * width) ? Bytes(path, entry, entry.Length) : throw Invalid(path, $"tensor '{name}' claims {storage.Count:N0} numbers; its entry has {entry.Length:N0} bytes");
        return storage.Type switch
        {
            "torch.FloatStorage" => MemoryMarshal.Cast<byte, float>(bytes).ToArray(),
            "torch.DoubleStorage" => Convert<double>(bytes, value => (float)value),
            "torch.HalfStorage" => Convert<Half>(bytes, value => (float)value),
            "torch.BFloat16Storage" => Convert<ushort>(bytes, bits => BitConverter.UInt32BitsToSingle((uint)bits << 16)),
            "torch.LongStorage" => Convert<long>(bytes, value => value),
            "torch.IntStorage" => Convert<int>(bytes, value => value),
            "torch.ShortStorage" => Convert<short>(bytes, value => value),
            "torch.CharStorage" => Convert<sbyte>(bytes, value => value),
            _ => Convert<byte>(bytes, value => value),
        };
    }

    private static float[] Convert<T>(byte[] bytes, Func<T, float> convert)
        where T : unmanaged => [.. MemoryMarshal.Cast<byte, T>(bytes).ToArray().Select(convert)];

    /// <summary>An entry's bytes. PyTorch stores them as they are, so one that is packed could only be there to grow without end.</summary>
    private static byte[] Bytes(string path, ZipArchiveEntry entry, long most)
    {
        if (entry.CompressedLength != entry.Length || entry.Length > Math.Min(most, Array.MaxLength))
        {
            throw Invalid(path, $"its entry {entry.FullName} is compressed or has more than {Math.Min(most, Array.MaxLength):N0} bytes");
        }

        var bytes = new byte[entry.Length];
        using var stream = entry.Open();
        stream.ReadExactly(bytes);
        return bytes;
    }

    private static string Encoding(byte[] bytes) => System.Text.Encoding.UTF8.GetString(bytes).Trim();

    private static NeuroException Invalid(string path, string what) => new("weights.invalid", $"{path} is not a whole PyTorch file of weights: {what}.");
}
