using System.Globalization;
using Neuro.Kernels.Scenes;

namespace Neuro.Kernels.Artwork;

/// <summary>Names and words for packages that nobody sells; all in letters that <see cref="StrokeFont"/> has.</summary>
internal static class MadeUpWords
{
    private static readonly string[] First = ["VOR", "KEL", "TUM", "ZIN", "BRA", "OSK", "HAL", "MIR", "DOV", "FLE", "GRU", "JAS", "LUN", "PEK", "QUO", "RIV", "SNO", "TRA", "UPP", "WEX", "YSK", "ALB", "ERD", "IVO"];
    private static readonly string[] Last = ["DIX", "NELLA", "MO", "TIK", "RAN", "GUST", "BELLO", "WEN", "SKA", "PORT", "LIA", "DUR", "FENN", "KOS", "MERA", "NUT", "ZO", "BY", "LUND", "TESS"];

    /// <summary>What is in a package.</summary>
    public static IReadOnlyList<string> Varieties { get; } =
    [
        "MUESLI", "BISCUITS", "COFFEE", "RICE", "PASTA", "SEA SALT", "SOAP", "GREEN TEA", "CRISPS", "NUTS", "SOUP", "FLOUR", "SUGAR", "CREAM", "BUTTER", "CHEESE",
        "DRINK", "SPRITZ", "COOKIES", "CRACKERS", "NOODLES", "PASTE", "PEAS", "BEANS", "CORN", "FLAKES", "JAM", "SYRUP", "WAFERS", "STOCK", "COUSCOUS", "LENTILS",
    ];

    /// <summary>Flavours with the motif and the hue (in turns) that go with each.</summary>
    public static IReadOnlyList<(string Word, string Motif, double Hue)> Flavours { get; } =
    [
        ("LEMON", "citrus", 0.15), ("ORANGE", "citrus", 0.08), ("LIME", "citrus", 0.27), ("APPLE", "apple", 0.30), ("RED APPLE", "apple", 0.99), ("MANGO", "mango", 0.11), ("PEACH", "mango", 0.05), ("NATURAL", "drop", 0.57),
        ("VANILLA", "vanilla", 0.13), ("COCOA", "bean", 0.06), ("ESPRESSO", "bean", 0.02), ("HONEY", "honey", 0.12), ("BLUEBERRY", "berries", 0.70), ("CURRANT", "berries", 0.95), ("CHERRY", "cherry", 0.97), ("MINT", "leaf", 0.42),
        ("BASIL", "leaf", 0.34), ("TOMATO", "tomato", 0.01), ("CHILI", "chili", 0.00), ("OLIVE", "olive", 0.22), ("ROSE", "rose", 0.93), ("OAT", "grain", 0.10), ("RYE", "grain", 0.07), ("CLASSIC", "star", 0.62),
    ];

    public static string Brand(ref CounterRandom random) => First[random.NextIndex(First.Length)] + Last[random.NextIndex(Last.Length)];

    public static string Variety(ref CounterRandom random) => Varieties[random.NextIndex(Varieties.Count)];

    public static string Amount(ref CounterRandom random) => random.NextIndex(3) switch
    {
        0 => $"{5 * (10 + random.NextIndex(90))} G",
        1 => $"{50 * (4 + random.NextIndex(16))} ML",
        _ => $"{2 + random.NextIndex(28)} PIECES",
    };

    /// <summary>From a quarter to four times as much in the same unit.</summary>
    public static string AmountLike(string amount, ref CounterRandom random)
    {
        var space = amount.IndexOf(' ');
        if (space < 0 || !double.TryParse(amount.AsSpan(0, space), NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number) || number <= 0)
        {
            return Amount(ref random);
        }

        var other = number * (1 + random.NextIndex(16)) / 4;
        return (other > 10 ? Math.Ceiling(other) : other).ToString("0.##", CultureInfo.InvariantCulture) + amount[space..];
    }
}
