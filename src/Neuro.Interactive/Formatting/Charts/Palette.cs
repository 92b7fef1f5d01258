namespace Neuro.Interactive.Formatting.Charts;

/// <summary>Colours that stand out on white and on near-black, and apart for colour-blind eyes; a dash pattern repeats the difference.</summary>
internal static class Palette
{
    private static readonly string[] Colours = ["#3b82f6", "#e07b1f", "#1fa37a", "#c75dab", "#8a7fe0", "#a89200"];
    private static readonly string[] Dashes = ["none", "7 4", "2 3", "9 3 2 3"];

    public static string Colour(int series) => Colours[series % Colours.Length];

    public static string Dash(int series) => Dashes[series % Dashes.Length];
}
