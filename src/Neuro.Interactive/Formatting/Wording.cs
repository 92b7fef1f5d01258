using System.Globalization;
using Neuro.Client.Tokens;

namespace Neuro.Interactive.Formatting;

/// <summary>How amounts, times, sizes and hashes are written, the same everywhere and in every culture.</summary>
internal static class Wording
{
    private const int HashDigits = 12;
    private const char Minus = '−';

    /// <summary>All digits of the amount, with its unit: <c>1,234.5 NTK</c>.</summary>
    public static string Amount(Ntk amount) => Digits(amount, 0) + " NTK";

    /// <summary>The amount to two decimals, half up, without its unit; one too small for that is said to be.</summary>
    public static string Rounded(Ntk amount)
    {
        const long Hundredth = Ntk.NanoPerNtk / 100;
        var hundredths = (long)Math.Round((decimal)amount.Nano / Hundredth, MidpointRounding.AwayFromZero);
        return hundredths == 0 && amount > Ntk.Zero ? "< 0.01" : Digits(new Ntk(hundredths * Hundredth), amount.Nano % Ntk.NanoPerNtk == 0 ? 0 : 2);
    }

    /// <summary>The digits of an amount with at least so many decimals, so that a column of them lines up.</summary>
    public static string Digits(Ntk amount, int decimals)
    {
        var parts = amount.ToString().Split('.');
        var whole = long.Parse(parts[0].TrimStart('-'), CultureInfo.InvariantCulture).ToString("#,0", CultureInfo.InvariantCulture);
        var fraction = (parts.Length > 1 ? parts[1] : "").PadRight(decimals, '0');
        return (amount < Ntk.Zero ? Minus.ToString() : "") + whole + (fraction.Length > 0 ? "." + fraction : "");
    }

    /// <summary>The digits of a price; a dash where there is none.</summary>
    public static string Price(Ntk? price) => price is { } known ? Digits(known, 0) : "–";

    /// <summary>NTK as a number: for a picture a double is exact enough; amounts in text never are one.</summary>
    public static double ForAPicture(Ntk amount) => (double)amount.Nano / Ntk.NanoPerNtk;

    /// <summary>How many decimals an amount needs, 0 to 9.</summary>
    public static int Decimals(Ntk amount) => amount.ToString() is var text && text.IndexOf('.') is var point and >= 0 ? text.Length - point - 1 : 0;

    /// <summary>A moment to the second, in UTC.</summary>
    public static string Moment(DateTimeOffset at) => at.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture) + " UTC";

    /// <summary>A length of time in its two largest units.</summary>
    public static string Duration(TimeSpan time) => time.TotalSeconds switch
    {
        < 0 => "0 s",
        < 9.95 => Number(time.TotalSeconds, "0.#") + " s",
        < 59.5 => Number(time.TotalSeconds, "0") + " s",
        < 3599.5 => Whole(time.TotalSeconds, 60, "min", "s"),
        < 86_400 => Whole(time.TotalMinutes, 60, "h", "min"),
        _ => Whole(time.TotalHours, 24, "d", "h"),
    };

    /// <summary>Bytes in powers of 1000, as file managers count.</summary>
    public static string Size(long bytes) => bytes switch
    {
        < 1000 => $"{bytes} B",
        < 1_000_000 => Number(bytes / 1e3, "0.#") + " kB",
        < 1_000_000_000 => Number(bytes / 1e6, "0.#") + " MB",
        _ => Number(bytes / 1e9, "0.##") + " GB",
    };

    /// <summary>A share as a percentage with one decimal.</summary>
    public static string Percent(double share) => double.IsFinite(share) ? Number(share * 100, "0.0") + " %" : "–";

    /// <summary>A rate in basis points as a percentage.</summary>
    public static string Rate(int basisPoints) => Number(basisPoints / 100.0, "0.##") + " %";

    public static string Count(long count) => count.ToString("#,0", CultureInfo.InvariantCulture);

    /// <summary>"1 shard", "2 shards".</summary>
    public static string Count(long count, string one, string? many = null) => $"{Count(count)} {(count == 1 ? one : many ?? one + "s")}";

    public static string Number(double value, string format = "0.##") => double.IsFinite(value) ? value.ToString(format, CultureInfo.InvariantCulture) : "–";

    /// <summary>The first digits of a hash or key.</summary>
    public static string Short(string hash) => hash.Length <= HashDigits ? hash : hash[..HashDigits] + "…";

    /// <summary>The end of an id: ids made in the same second differ only there.</summary>
    public static string Short(Guid id) => "…" + id.ToString()[24..];

    /// <summary>A hash or key, short, and whole where the mouse rests on it.</summary>
    public static Html Code(string hash) => Html.Of($"<code title=\"{hash}\">{Short(hash)}</code>");

    public static Html Code(Guid id) => Html.Of($"<code title=\"{id}\">{Short(id)}</code>");

    private static string Whole(double small, int ratio, string large, string little)
    {
        var (whole, rest) = Math.DivRem((long)Math.Round(small), ratio);
        return rest == 0 ? $"{whole} {large}" : $"{whole} {large} {rest} {little}";
    }
}
