using System.Buffers.Binary;
using System.Text;
using Neuro.Client.Api;

namespace Neuro.Learning.Exchange;

/// <summary>A tensor of a PyTorch archive: a view of a storage, in elements.</summary>
internal sealed record PickledTensor(PickledStorage Storage, long Offset, long[] Shape, long[] Strides);

/// <summary>A block of numbers of a PyTorch archive, in the entry <c>data/Key</c>.</summary>
internal sealed record PickledStorage(string Type, string Key, long Count);

/// <summary>
/// Reads the data of a pickle as PyTorch writes state dicts: dictionaries, lists, numbers, texts and tensors. A pickle is a program for a small machine that may call any function by name;
/// here only the instructions that make data are known, and of the names only those that stand for tensors, which are read and never called.
/// </summary>
/// <remarks>Instructions follow Python's Lib/pickletools.py. Each adds at most one value, and no value is walked deeper than the caller asks, so that a file costs what it is long.</remarks>
internal sealed class Pickle
{
    private const int MaxBytes = 64 << 20;

    private static readonly HashSet<string> Storages =
    [
        "torch.FloatStorage", "torch.DoubleStorage", "torch.HalfStorage", "torch.BFloat16Storage", "torch.LongStorage", "torch.IntStorage", "torch.ShortStorage", "torch.CharStorage", "torch.ByteStorage",
        "torch.BoolStorage",
    ];

    private readonly byte[] code;
    private readonly Stack<object?> stack = [];
    private readonly Dictionary<long, object?> memo = [];
    private int at;

    private Pickle(byte[] code) => this.code = code;

    /// <summary>The value that the pickle makes: a dictionary, list, text, number or <see cref="PickledTensor"/>.</summary>
    /// <exception cref="NeuroException"><c>weights.refused</c> for a name that is no tensor's, <c>weights.invalid</c>.</exception>
    public static object? Read(string path, byte[] code)
    {
        if (code.Length > MaxBytes)
        {
            throw Invalid(path, $"its pickle has {code.Length:N0} bytes; at most {MaxBytes:N0} are read");
        }

        try
        {
            return new Pickle(code).Run(path);
        }
        catch (Exception e) when (e is InvalidOperationException or InvalidCastException or IndexOutOfRangeException or ArgumentException or OverflowException or KeyNotFoundException or NullReferenceException)
        {
            throw Invalid(path, "its pickle is cut off or makes no sense");
        }
    }

    private object? Run(string path)
    {
        while (true)
        {
            var instruction = code[at++];
            switch (instruction)
            {
                case 0x80: at++; break; // PROTO
                case 0x95: at += 8; break; // FRAME
                case (byte)'.': return stack.Pop();
                case (byte)'(': stack.Push(Mark.Here); break;
                case (byte)'N': stack.Push(null); break;
                case 0x88: stack.Push(true); break;
                case 0x89: stack.Push(false); break;
                case (byte)'K': stack.Push((long)code[at++]); break;
                case (byte)'M': stack.Push((long)BinaryPrimitives.ReadUInt16LittleEndian(Take(2))); break;
                case (byte)'J': stack.Push((long)BinaryPrimitives.ReadInt32LittleEndian(Take(4))); break;
                case 0x8a: stack.Push(Long(Take(code[at++]))); break;
                case (byte)'G': stack.Push(BinaryPrimitives.ReadDoubleBigEndian(Take(8))); break;
                case (byte)'X': stack.Push(Text(BinaryPrimitives.ReadUInt32LittleEndian(Take(4)))); break;
                case 0x8c: stack.Push(Text(code[at++])); break;
                case (byte)'}': stack.Push(new Dictionary<string, object?>()); break;
                case (byte)']': stack.Push(new List<object?>()); break;
                case (byte)')': stack.Push(Array.Empty<object?>()); break;
                case (byte)'t': stack.Push(SinceMark()); break;
                case 0x85: stack.Push(Last(1)); break;
                case 0x86: stack.Push(Last(2)); break;
                case 0x87: stack.Push(Last(3)); break;
                case (byte)'a': Append([stack.Pop()]); break;
                case (byte)'e': Append(SinceMark()); break;
                case (byte)'s': SetItems(Last(2)); break;
                case (byte)'u': SetItems(SinceMark()); break;
                case (byte)'q': memo[code[at++]] = stack.Peek(); break;
                case (byte)'r': memo[BinaryPrimitives.ReadUInt32LittleEndian(Take(4))] = stack.Peek(); break;
                case 0x94: memo[memo.Count] = stack.Peek(); break; // MEMOIZE
                case (byte)'h': stack.Push(memo[code[at++]]); break;
                case (byte)'j': stack.Push(memo[BinaryPrimitives.ReadUInt32LittleEndian(Take(4))]); break;
                case (byte)'c': stack.Push(Named(path, Line(), Line())); break;
                case 0x93: // STACK_GLOBAL
                    var (name, module) = ((string)stack.Pop()!, (string)stack.Pop()!);
                    stack.Push(Named(path, module, name));
                    break;
                case (byte)'Q': stack.Push(Storage((object?[])stack.Pop()!)); break;
                case (byte)'R':
                    var (arguments, function) = ((object?[])stack.Pop()!, (Global)stack.Pop()!);
                    stack.Push(Made(path, function.Name, arguments));
                    break;
                case (byte)'b': stack.Pop(); break; // BUILD: attributes of an OrderedDict, which are its history and not its content.
                default: throw new NeuroException("weights.refused",
                    $"{path} holds the pickle instruction 0x{instruction:x2}, which no state dict needs; save it again with `torch.save(model.state_dict(), …)`.");
            }
        }
    }

    private static Global Named(string path, string module, string name)
    {
        var full = $"{module}.{name}";
        return Storages.Contains(full) || full is "collections.OrderedDict" or "torch._utils._rebuild_tensor_v2" or "torch._utils._rebuild_parameter"
            ? new(full)
            : throw new NeuroException("weights.refused",
                $"{path} wants to run '{(full.Length > 100 ? full[..100] + "…" : full)}'. Weights are read as data and nothing in them is run; save them with `torch.save(model.state_dict(), …)`.");
    }

    private static PickledStorage Storage(object?[] id) =>
        id is ["storage", Global { Name: var type }, string key, _, long count] && Storages.Contains(type) ? new(type, key, count) : throw new ArgumentException("storage");

    private static object Made(string path, string function, object?[] arguments) => (function, arguments) switch
    {
        ("collections.OrderedDict", []) => new Dictionary<string, object?>(),
        ("torch._utils._rebuild_tensor_v2", [PickledStorage storage, long offset, object?[] shape, object?[] strides, ..]) => new PickledTensor(storage, offset, Wholes(shape), Wholes(strides)),
        ("torch._utils._rebuild_parameter", [PickledTensor tensor, ..]) => tensor,
        _ => throw Invalid(path, $"its pickle calls {function} with arguments that no state dict has"),
    };

    private static long[] Wholes(object?[] values) => [.. values.Select(value => (long)value!)];

    private object?[] SinceMark()
    {
        var values = new List<object?>();
        while (stack.Pop() is var value && value is not Mark)
        {
            values.Add(value);
        }

        values.Reverse();
        return [.. values];
    }

    private object?[] Last(int count)
    {
        var values = new object?[count];
        for (var i = count - 1; i >= 0; i--)
        {
            values[i] = stack.Pop();
        }

        return values;
    }

    private void Append(object?[] values) => ((List<object?>)stack.Peek()!).AddRange(values);

    private void SetItems(object?[] pairs)
    {
        var dictionary = (Dictionary<string, object?>)stack.Peek()!;
        foreach (var pair in pairs.Chunk(2).Where(pair => pair[0] is string))
        {
            dictionary[(string)pair[0]!] = pair[1];
        }
    }

    private ReadOnlySpan<byte> Take(long count)
    {
        var taken = code.AsSpan(at, checked((int)count));
        at += (int)count;
        return taken;
    }

    private string Text(long bytes) => Encoding.UTF8.GetString(Take(bytes));

    private string Line()
    {
        var end = Array.IndexOf(code, (byte)'\n', at);
        return Text(end - at) is var line && at++ >= 0 ? line : "";
    }

    private static long Long(ReadOnlySpan<byte> bytes) => bytes.Length > 8 ? throw new OverflowException() : (long)new System.Numerics.BigInteger(bytes);

    private static NeuroException Invalid(string path, string what) => new("weights.invalid", $"{path} is not a whole PyTorch file of weights: {what}.");

    private sealed record Global(string Name);

    private sealed record Mark
    {
        public static readonly Mark Here = new();
    }
}
