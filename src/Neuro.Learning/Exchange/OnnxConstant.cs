using System.Runtime.InteropServices;
using Neuro.Client.Api;

namespace Neuro.Learning.Exchange;

/// <summary>A tensor that an ONNX file holds or that follows from its shapes alone: floats, or whole numbers.</summary>
internal sealed record OnnxConstant(long[] Shape, float[]? Floats, long[]? Wholes)
{
    /// <summary>Stands for the batch size, which is open, among whole numbers; arithmetic with it gives itself.</summary>
    public const long Free = long.MinValue;

    public int Count => Floats?.Length ?? Wholes!.Length;

    public static OnnxConstant Of(params long[] values) => new([values.Length], null, values);

    /// <summary>The numbers as doubles, the open batch size as NaN: for the small arithmetic of shapes.</summary>
    public double[] Numbers => Floats is null ? [.. Wholes!.Select(value => value == Free ? double.NaN : value)] : [.. Floats.Select(value => (double)value)];

    /// <summary>Of the same kind as this one.</summary>
    public OnnxConstant Like(long[] shape, double[] numbers) => Floats is null
        ? new(shape, null, [.. numbers.Select(value => double.IsNaN(value) ? Free : (long)Math.Clamp(value, long.MinValue / 2, long.MaxValue / 2))])
        : new(shape, [.. numbers.Select(value => (float)value)], null);

    public OnnxConstant Reshaped(long[] shape) => new(shape, Floats, Wholes);

    public float[] AsFloats() => Floats ?? [.. Wholes!.Select(value => (float)value)];

    /// <summary>The dimensions in another order.</summary>
    public OnnxConstant Transposed(long[] order)
    {
        if (order is [1, 0] && Floats is not null)
        {
            return new([Shape[1], Shape[0]], Matrix(Floats, (int)Shape[0], (int)Shape[1]), null);
        }

        var shape = order.Select(axis => Shape[axis]).ToArray();
        var strides = new long[Shape.Length];
        for (var (axis, stride) = (Shape.Length - 1, 1L); axis >= 0; stride *= Shape[axis], axis--)
        {
            strides[axis] = stride;
        }

        var (from, index) = (new int[Count], new long[shape.Length]);
        for (var i = 0; i < from.Length; i++)
        {
            from[i] = (int)order.Select((axis, place) => index[place] * strides[axis]).Sum();
            for (var place = shape.Length - 1; place >= 0 && ++index[place] == shape[place]; place--)
            {
                index[place] = 0;
            }
        }

        return new(shape, Floats is null ? null : [.. from.Select(i => Floats[i])], Wholes is null ? null : [.. from.Select(i => Wholes[i])]);
    }

    private static float[] Matrix(float[] from, int rows, int columns)
    {
        var to = new float[from.Length];
        for (var row = 0; row < rows; row++)
        {
            for (var column = 0; column < columns; column++)
            {
                to[column * rows + row] = from[row * columns + column];
            }
        }

        return to;
    }

    /// <summary>Reads a TensorProto.</summary>
    /// <param name="message">Its bytes.</param>
    /// <param name="folder">Where data outside of the file may lie.</param>
    /// <exception cref="NeuroException"><c>onnx.invalid</c>, <c>onnx.external_data</c>.</exception>
    public static (string Name, OnnxConstant Value) Read(ReadOnlyMemory<byte> message, string folder)
    {
        var (name, type, raw, external, isExternal) = ("", 0L, ReadOnlyMemory<byte>.Empty, new Dictionary<string, string>(), false);
        var (dims, wholes, floats, doubles) = (new List<long>(), new List<long>(), ReadOnlyMemory<byte>.Empty, ReadOnlyMemory<byte>.Empty);
        List<float> single = [];
        var reader = new ProtoReader(message);
        while (reader.Next())
        {
            switch (reader.Field)
            {
                case 1: reader.AddTo(dims); break;
                case 2: type = reader.Whole; break;
                case 4 when reader.IsBytes: floats = reader.Bytes; break;
                case 4: single.Add(reader.Float); break;
                case 5 or 7: reader.AddTo(wholes); break;
                case 8: name = reader.Text; break;
                case 9: raw = reader.Bytes; break;
                case 10 when reader.IsBytes: doubles = reader.Bytes; break;
                case 13: ReadEntry(reader.Bytes, external); break;
                case 14: isExternal = reader.Whole == 1; break;
            }
        }

        var count = Size(name, dims);
        var width = Width(name, type);
        if (isExternal)
        {
            raw = OnnxExternalData.Read(folder, name, external, checked(count * width));
        }

        // The claimed size is held against the bytes that are there before room is made for a number.
        var values = raw.IsEmpty
            ? type switch
            {
                1 when single.Count > 0 => new OnnxConstant([.. dims], [.. single], null),
                1 when floats.Length == count * 4 => new([.. dims], MemoryMarshal.Cast<byte, float>(floats.Span).ToArray(), null),
                11 when doubles.Length == count * 8 => new([.. dims], Converted(doubles.Span, 11), null),
                10 or 16 when wholes.Count == count => new([.. dims], Converted(MemoryMarshal.AsBytes<ushort>([.. wholes.Select(bits => unchecked((ushort)bits))]), type), null),
                6 or 7 or 9 or 3 or 2 when wholes.Count == count => new([.. dims], null, [.. wholes]),
                _ => null,
            }
            : raw.Length != checked(count * width) ? null
            : type is 1 or 10 or 11 or 16 ? new([.. dims], Converted(raw.Span, type), null)
            : new([.. dims], null, Whole(raw.Span, type));
        return values is not null && values.Count == count
            ? (name, values)
            : throw Invalid(name, $"claims {count:N0} numbers of shape [{string.Join(", ", dims)}], but the file does not hold so many");
    }

    private static void ReadEntry(ReadOnlyMemory<byte> message, Dictionary<string, string> entries)
    {
        var (key, value, reader) = ("", "", new ProtoReader(message));
        while (reader.Next())
        {
            (key, value) = reader.Field switch { 1 => (reader.Text, value), 2 => (key, reader.Text), _ => (key, value) };
        }

        entries[key] = value;
    }

    private static long Size(string name, List<long> dims)
    {
        var count = (Int128)1;
        foreach (var dim in dims)
        {
            count = dim is >= 0 and <= int.MaxValue && dims.Count <= 8 ? count * dim : throw Invalid(name, $"has the shape [{string.Join(", ", dims.Take(9))}]");
        }

        return count <= Array.MaxLength ? (long)count : throw Invalid(name, $"claims {count:N0} numbers of shape [{string.Join(", ", dims)}], more than can be read");
    }

    /// <summary>Bytes of a number, by onnx.proto3's TensorProto.DataType.</summary>
    private static int Width(string name, long type) => type switch
    {
        1 or 6 => 4,
        2 or 3 or 9 => 1,
        7 or 11 => 8,
        10 or 16 => 2,
        _ => throw Invalid(name, $"has the data type {type}, which is not read; float, float16, bfloat16, double, int32, int64, int8, uint8 and bool are"),
    };

    private static float[] Converted(ReadOnlySpan<byte> raw, long type)
    {
        switch (type)
        {
            case 1:
                return MemoryMarshal.Cast<byte, float>(raw).ToArray();
            case 10:
                return Convert(MemoryMarshal.Cast<byte, Half>(raw), value => (float)value);
            case 11:
                return Convert(MemoryMarshal.Cast<byte, double>(raw), value => (float)value);
            default:
                return Convert(MemoryMarshal.Cast<byte, ushort>(raw), bits => BitConverter.UInt32BitsToSingle((uint)bits << 16));
        }
    }

    private static long[] Whole(ReadOnlySpan<byte> raw, long type) => type switch
    {
        7 => MemoryMarshal.Cast<byte, long>(raw).ToArray(),
        6 => Convert(MemoryMarshal.Cast<byte, int>(raw), value => (long)value),
        3 => Convert(MemoryMarshal.Cast<byte, sbyte>(raw), value => (long)value),
        _ => Convert(raw, value => (long)value),
    };

    private static TTo[] Convert<TFrom, TTo>(ReadOnlySpan<TFrom> from, Func<TFrom, TTo> convert)
    {
        var to = new TTo[from.Length];
        for (var i = 0; i < to.Length; i++)
        {
            to[i] = convert(from[i]);
        }

        return to;
    }

    private static NeuroException Invalid(string name, string what) => new("onnx.invalid", $"The ONNX file's tensor '{name}' {what}.");
}
