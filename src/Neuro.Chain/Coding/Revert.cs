using System.Globalization;
using System.Numerics;

namespace Neuro.Chain.Coding;

/// <summary>Why a contract refused: the name of the error and its arguments.</summary>
public sealed record Revert(string Name, IReadOnlyList<(string Name, object Value)> Arguments)
{
    private const int LongestText = 300;
    private static readonly AbiFunction Error = new("Error", [new("reason", new AbiType.Blob(IsText: true))], []);
    private static readonly AbiFunction Panic = new("Panic", [new("code", new AbiType.Number(IsSigned: false, 256))], []);

    // Solidity documentation, "Panic via assert and Error via require".
    private static readonly Dictionary<int, string> Panics = new()
    {
        [0x01] = "an assertion failed",
        [0x11] = "arithmetic overflow",
        [0x12] = "division by zero",
        [0x21] = "no such member of an enum",
        [0x22] = "a byte array in storage is wrongly encoded",
        [0x31] = "pop of an empty array",
        [0x32] = "an index out of the array",
        [0x41] = "too much memory",
        [0x51] = "a call of an unset function",
    };

    /// <summary>Reads what a failed call returned: <c>Error(string)</c>, <c>Panic(uint256)</c>, one of <paramref name="errors"/>, or unknown bytes.</summary>
    public static Revert Decode(ReadOnlySpan<byte> data, IReadOnlyList<AbiFunction>? errors = null)
    {
        if (data.IsEmpty)
        {
            return new("", []);
        }

        foreach (var known in (AbiFunction[])[Error, Panic, .. errors ?? []])
        {
            if (data.StartsWith(known.Selector))
            {
                try
                {
                    var values = known.DecodeCall(data);
                    return new(known.Name, [.. known.Inputs.Zip(values, (input, value) => (input.Name, value))]);
                }
                catch (FormatException)
                {
                    break;
                }
            }
        }

        return new("unknown error", [("data", data[..Math.Min(data.Length, 68)].ToArray())]);
    }

    /// <summary><c>ERC20InsufficientBalance(sender: 0x…, balance: 0, needed: 5)</c>, or the reason's text.</summary>
    public override string ToString() => (Name, Arguments) switch
    {
        ("", _) => "no reason given",
        ("Error", [(_, string reason)]) => Short(reason),
        ("Panic", [(_, BigInteger code)]) => code <= 0xff && Panics.TryGetValue((int)code, out var text) ? text : $"panic {Hex.Of(code)}",
        _ => $"{Name}({string.Join(", ", Arguments.Select(argument => $"{argument.Name}: {Print(argument.Value)}"))})",
    };

    private static string Print(object value) => value switch
    {
        byte[] bytes => Hex.Of(bytes),
        object[] parts => $"[{string.Join(", ", parts.Take(8).Select(Print))}{(parts.Length > 8 ? ", …" : "")}]",
        string text => $"'{Short(text)}'",
        IFormattable number => number.ToString(null, CultureInfo.InvariantCulture),
        _ => value.ToString() ?? "",
    };

    // The text is the contract's, so a stranger's: one line, and not without end.
    private static string Short(string text)
    {
        var line = string.Concat(text.Take(LongestText).Select(letter => char.IsControl(letter) ? ' ' : letter));
        return text.Length <= LongestText ? line : line + "…";
    }
}
