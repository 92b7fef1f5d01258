using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Neuro.Client.Tokens;

/// <summary>An amount of NTK.</summary>
/// <remarks>
/// Counted in nano (1e-9 NTK) in 64 bits: the whole supply, 1e18 nano, fits nine times, so sums never round and SQL can add them.
/// Arithmetic is checked; an overflow is a bug and throws. In JSON it is a decimal string (<c>"12.5"</c>), since many readers turn numbers into doubles.
/// </remarks>
[JsonConverter(typeof(NtkJsonConverter))]
public readonly record struct Ntk(long Nano) : IComparable<Ntk>, IParsable<Ntk>
{
    public const long NanoPerNtk = 1_000_000_000;
    private const int Decimals = 9;

    public static readonly Ntk Zero = new(0);

    /// <summary>Every NTK there will ever be: 1,000,000,000.</summary>
    public static readonly Ntk Supply = new(1_000_000_000 * NanoPerNtk);

    public static Ntk operator +(Ntk a, Ntk b) => new(checked(a.Nano + b.Nano));

    public static Ntk operator -(Ntk a, Ntk b) => new(checked(a.Nano - b.Nano));

    public static Ntk operator -(Ntk a) => new(checked(-a.Nano));

    public static bool operator <(Ntk a, Ntk b) => a.Nano < b.Nano;

    public static bool operator >(Ntk a, Ntk b) => a.Nano > b.Nano;

    public static bool operator <=(Ntk a, Ntk b) => a.Nano <= b.Nano;

    public static bool operator >=(Ntk a, Ntk b) => a.Nano >= b.Nano;

    /// <summary>A whole number of NTK, or a decimal one with at most nine decimals.</summary>
    /// <exception cref="FormatException">More than nine decimals, or more than fits.</exception>
    public static Ntk Of(decimal ntk) => Parse(ntk.ToString(CultureInfo.InvariantCulture));

    /// <summary>This price times a quantity, rounded up to the next nano so that the seller never gets less than the price.</summary>
    public Ntk Times(decimal quantity) => new(checked((long)Math.Ceiling(Nano * quantity)));

    /// <summary>The share of this amount in basis points (1/100 of a percent), rounded down to a nano.</summary>
    public Ntk BasisPoints(int basisPoints) => new((long)(checked((Int128)Nano * basisPoints) / 10_000));

    /// <summary>Reads <c>12</c>, <c>12.5</c> or <c>-0.000000001</c>; no exponent, no thousands separator.</summary>
    /// <exception cref="FormatException">More than nine decimals, more than fits, or not a number.</exception>
    public static Ntk Parse(string text) => TryRead(text, out var amount) is { } wrong ? throw new FormatException(wrong) : amount;

    public static Ntk Parse(string s, IFormatProvider? provider) => Parse(s);

    public static bool TryParse([NotNullWhen(true)] string? s, IFormatProvider? provider, out Ntk result) => TryRead(s ?? "", out result) is null;

    /// <summary>The shortest decimal that <see cref="Parse(string)"/> reads back: <c>12.5</c>.</summary>
    public override string ToString()
    {
        var (whole, rest) = Math.DivRem(Nano, NanoPerNtk);
        if (rest == 0)
        {
            return whole.ToString(CultureInfo.InvariantCulture);
        }

        var sign = Nano < 0 ? "-" : "";
        var digits = Math.Abs(rest).ToString(CultureInfo.InvariantCulture).PadLeft(Decimals, '0').TrimEnd('0');
        return $"{sign}{Math.Abs(whole)}.{digits}";
    }

    public int CompareTo(Ntk other) => Nano.CompareTo(other.Nano);

    // Null when read; else one sentence of what was wrong.
    private static string? TryRead(string text, out Ntk amount)
    {
        amount = Zero;
        var digits = text.AsSpan().Trim();
        var negative = digits.StartsWith("-");
        digits = negative ? digits[1..] : digits;
        var point = digits.IndexOf('.');
        var whole = point < 0 ? digits : digits[..point];
        var fraction = point < 0 ? "" : digits[(point + 1)..];
        if (whole.Length == 0 || (point >= 0 && fraction.Length == 0) || whole.ContainsAnyExceptInRange('0', '9') || fraction.ContainsAnyExceptInRange('0', '9'))
        {
            return $"'{Short(text)}' is not an amount of NTK; write it like 12 or 12.5.";
        }

        if (fraction.Length > Decimals)
        {
            return $"'{Short(text)}' has {fraction.Length} decimals; NTK has nine, so '{Short(fraction[Decimals..].ToString())}' is too many.";
        }

        var nano = Int128.Zero;
        whole = whole.TrimStart('0');
        if (whole.Length > 12)
        {
            return $"'{Short(text)}' NTK is more than the ledger can count; the whole supply is {Supply}.";
        }

        foreach (var digit in whole)
        {
            nano = (nano * 10) + (digit - '0');
        }

        for (var i = 0; i < Decimals; i++)
        {
            nano = (nano * 10) + (i < fraction.Length ? fraction[i] - '0' : 0);
        }

        nano = negative ? -nano : nano;
        if (nano < long.MinValue || nano > long.MaxValue)
        {
            return $"'{Short(text)}' NTK is more than the ledger can count; the whole supply is {Supply}.";
        }

        amount = new((long)nano);
        return null;
    }

    private static string Short(string text) => text.Length <= 40 ? text : text[..40] + "…";
}

internal sealed class NtkJsonConverter : JsonConverter<Ntk>
{
    public override Ntk Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        if (reader.TokenType != JsonTokenType.String)
        {
            throw new JsonException("An amount of NTK is a string such as \"12.5\".");
        }

        try
        {
            return Ntk.Parse(reader.GetString()!);
        }
        catch (FormatException wrong)
        {
            throw new JsonException(wrong.Message);
        }
    }

    public override void Write(Utf8JsonWriter writer, Ntk value, JsonSerializerOptions options) => writer.WriteStringValue(value.ToString());
}
