using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Text.Json;
using Neuro.Client.Api;

namespace Neuro.Learning.Exchange;

/// <summary>Named float tensors and text metadata in one file, in the safetensors layout: header length (8 bytes), JSON header, numbers.</summary>
/// <remarks>A file from a stranger is checked against its own length before a number is read: offsets must tile the data exactly, so nothing overlaps, hides or is missing.</remarks>
public static class Safetensors
{
    private const string MetadataKey = "__metadata__";
    private const int MaxHeader = 16 << 20;
    private const int MaxTensors = 100_000;

    /// <summary>Bytes of a number of each type that is read; all become 32-bit floats, and only those are written.</summary>
    private static readonly Dictionary<string, int> Widths = new() { ["F32"] = 4, ["F16"] = 2, ["BF16"] = 2, ["F64"] = 8, ["I64"] = 8 };

    /// <summary>Writes to a name beside <paramref name="path"/>, flushes to the disk and renames: the file is whole or not there.</summary>
    public static void Write(string path, IReadOnlyDictionary<string, TensorValues> tensors, IReadOnlyDictionary<string, string>? metadata = null) =>
        AtomicFile.Write(path, stream =>
        {
            var ordered = tensors.OrderBy(pair => pair.Key, StringComparer.Ordinal).ToList();
            var header = Header(ordered, metadata ?? new Dictionary<string, string>());
            Span<byte> length = stackalloc byte[8];
            BinaryPrimitives.WriteUInt64LittleEndian(length, (ulong)header.Length);
            stream.Write(length);
            stream.Write(header);
            foreach (var (_, tensor) in ordered)
            {
                stream.Write(MemoryMarshal.AsBytes(tensor.Values.AsSpan()));
            }
        });

    /// <exception cref="NeuroException"><c>weights.invalid</c>, naming the file and what is wrong with it.</exception>
    public static (IReadOnlyDictionary<string, TensorValues> Tensors, IReadOnlyDictionary<string, string> Metadata) Read(string path)
    {
        try
        {
            using var stream = File.OpenRead(path);
            var header = ReadHeader(stream);
            using var json = JsonDocument.Parse(header, new() { MaxDepth = 8 });
            var (entries, metadata) = Parse(json.RootElement, stream.Length - stream.Position);
            return (entries.ToDictionary(entry => entry.Name, entry => ReadTensor(stream, entry)), metadata);
        }
        catch (Exception e) when (e is JsonException or InvalidDataException or EndOfStreamException or OverflowException)
        {
            throw new NeuroException("weights.invalid", $"{path} is not a whole safetensors file: {e.Message}");
        }
    }

    private static byte[] Header(List<KeyValuePair<string, TensorValues>> tensors, IReadOnlyDictionary<string, string> metadata)
    {
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            json.WriteStartObject(MetadataKey);
            foreach (var (key, value) in metadata.OrderBy(pair => pair.Key, StringComparer.Ordinal))
            {
                json.WriteString(key, value);
            }

            json.WriteEndObject();
            var offset = 0L;
            foreach (var (name, tensor) in tensors)
            {
                json.WriteStartObject(name);
                json.WriteString("dtype", "F32");
                json.WriteStartArray("shape");
                tensor.Shape.ToList().ForEach(json.WriteNumberValue);
                json.WriteEndArray();
                json.WriteStartArray("data_offsets");
                json.WriteNumberValue(offset);
                json.WriteNumberValue(offset += 4L * tensor.Values.Length);
                json.WriteEndArray();
                json.WriteEndObject();
            }

            json.WriteEndObject();
        }

        // The numbers start at a multiple of 8, so that a reader may map them; the padding is white space of the JSON.
        while (buffer.Length % 8 != 0)
        {
            buffer.WriteByte((byte)' ');
        }

        return buffer.ToArray();
    }

    private static byte[] ReadHeader(FileStream stream)
    {
        Span<byte> prefix = stackalloc byte[8];
        stream.ReadExactly(prefix);
        var length = BinaryPrimitives.ReadUInt64LittleEndian(prefix);
        if (length > MaxHeader || (long)length > stream.Length - 8)
        {
            throw new InvalidDataException($"its header claims {length:N0} bytes, the file has {stream.Length:N0}.");
        }

        var header = new byte[length];
        stream.ReadExactly(header);
        return header;
    }

    private static (List<Entry> Entries, Dictionary<string, string> Metadata) Parse(JsonElement root, long available)
    {
        var metadata = new Dictionary<string, string>();
        var entries = new List<Entry>();
        foreach (var property in root.ValueKind == JsonValueKind.Object ? root.EnumerateObject() : throw new InvalidDataException("its header is not a JSON object."))
        {
            if (property.Name == MetadataKey)
            {
                foreach (var item in property.Value.ValueKind == JsonValueKind.Object ? property.Value.EnumerateObject() : throw new InvalidDataException("its metadata is not a JSON object."))
                {
                    metadata[item.Name] = item.Value.ValueKind == JsonValueKind.String ? item.Value.GetString()! : throw new InvalidDataException($"its metadata '{item.Name}' is not text.");
                }
            }
            else
            {
                entries.Add(ParseEntry(property));
            }
        }

        entries.Sort((a, b) => (a.Begin, a.End).CompareTo((b.Begin, b.End)));
        var expected = 0L;
        foreach (var entry in entries)
        {
            expected = entry.Begin == expected ? entry.End : throw new InvalidDataException($"tensor '{entry.Name}' starts at byte {entry.Begin:N0} of the numbers; expected {expected:N0}.");
        }

        return expected != available ? throw new InvalidDataException($"its header describes {expected:N0} bytes of numbers, the file holds {available:N0}.")
            : entries.Count > MaxTensors ? throw new InvalidDataException($"it holds {entries.Count:N0} tensors; at most {MaxTensors:N0} are read.")
            : entries.DistinctBy(entry => entry.Name).Count() != entries.Count ? throw new InvalidDataException("two of its tensors have the same name.")
            : (entries, metadata);
    }

    private static Entry ParseEntry(JsonProperty property)
    {
        var value = property.Value;
        if (value.ValueKind != JsonValueKind.Object
            || !value.TryGetProperty("dtype", out var dtype) || dtype.ValueKind != JsonValueKind.String
            || Numbers(value, "shape") is not { } shape || Numbers(value, "data_offsets") is not [var begin, var end])
        {
            throw new InvalidDataException($"tensor '{property.Name}' lacks its dtype, shape or data_offsets.");
        }

        if (!Widths.TryGetValue(dtype.GetString()!, out var width))
        {
            throw new InvalidDataException($"tensor '{property.Name}' has the dtype {dtype.GetString()}; {string.Join(", ", Widths.Keys)} are read.");
        }

        var count = shape.Aggregate(1L, (product, side) => checked(product * side));
        return begin < 0 || end < begin || end - begin != checked(count * width) || end - begin > Array.MaxLength * 4L || (end - begin > Array.MaxLength && dtype.GetString() != "F32")
            ? throw new InvalidDataException($"tensor '{property.Name}' of shape [{string.Join(", ", shape)}] cannot lie in bytes {begin:N0} to {end:N0}.")
            : new(property.Name, dtype.GetString()!, shape, begin, end);
    }

    private static long[]? Numbers(JsonElement owner, string name)
    {
        if (!owner.TryGetProperty(name, out var list) || list.ValueKind != JsonValueKind.Array || list.GetArrayLength() > 8)
        {
            return null;
        }

        var numbers = list.EnumerateArray().Select(item => item.ValueKind == JsonValueKind.Number && item.TryGetInt64(out var number) && number >= 0 ? number : -1).ToArray();
        return numbers.Contains(-1) ? null : numbers;
    }

    private static TensorValues ReadTensor(FileStream stream, Entry entry)
    {
        // Entries are in the order of the file and tile it, so that reading goes on where the last one ended.
        if (entry.Type == "F32")
        {
            var values = new float[(entry.End - entry.Begin) / 4];
            stream.ReadExactly(MemoryMarshal.AsBytes(values.AsSpan()));
            return new(entry.Shape, values);
        }

        var bytes = new byte[entry.End - entry.Begin];
        stream.ReadExactly(bytes);
        return new(entry.Shape, entry.Type switch
        {
            "F16" => [.. MemoryMarshal.Cast<byte, Half>(bytes).ToArray().Select(value => (float)value)],
            "BF16" => [.. MemoryMarshal.Cast<byte, ushort>(bytes).ToArray().Select(bits => BitConverter.UInt32BitsToSingle((uint)bits << 16))],
            "F64" => [.. MemoryMarshal.Cast<byte, double>(bytes).ToArray().Select(value => (float)value)],
            _ => [.. MemoryMarshal.Cast<byte, long>(bytes).ToArray().Select(value => (float)value)],
        });
    }

    private sealed record Entry(string Name, string Type, long[] Shape, long Begin, long End);
}
