using Neuro.Kernels.Formats;
using static Neuro.Learning.Training.Figures.Svg;

namespace Neuro.Learning.Training.Figures;

/// <summary>Pictures with what they show and what they were taken for.</summary>
internal sealed record Prediction(Image Picture, string Actual, string Predicted, double Confidence)
{
    public bool IsRight => Actual == Predicted;
}

/// <summary>Pictures of a run: a mosaic of a batch as the network sees it, and predictions beside labels.</summary>
internal static class PictureFigure
{
    private const int Columns = 6, Side = 128, Cell = 156, Caption = 36, Top = 36, Quality = 85;

    /// <summary>JPEG bytes of square pictures <c>[size, size, 3]</c> in a near-square grid.</summary>
    public static byte[] Mosaic(IReadOnlyList<byte[]> pictures, int size)
    {
        var columns = (int)Math.Ceiling(Math.Sqrt(pictures.Count));
        var (width, height) = (columns * size, (pictures.Count + columns - 1) / columns * size);
        var rgb = new byte[width * height * 3];
        for (var i = 0; i < pictures.Count; i++)
        {
            for (var y = 0; y < size; y++)
            {
                pictures[i].AsSpan(y * size * 3, size * 3).CopyTo(rgb.AsSpan((((i / columns * size) + y) * width + (i % columns * size)) * 3));
            }
        }

        return Codec.Jpeg(new(width, height, rgb), Quality);
    }

    public static string Predictions(string title, IReadOnlyList<Prediction> shown)
    {
        var rows = (shown.Count + Columns - 1) / Columns;
        return Document(Columns * Cell + 16, Top + (rows * (Side + Caption + 12)), title, shown.SelectMany((one, i) =>
        {
            var (x, y) = (16 + (i % Columns * Cell), Top + (i / Columns * (Side + Caption + 12)));
            return new[]
            {
                Placed(one.Picture, x, y, Side),
                Text(x, y + Side + 14, Short(one.Actual, 21), colour: "#1a202c", size: 11),
                one.IsRight
                    ? Text(x, y + Side + 29, Line($"✓ {one.Confidence:0 %}"), colour: "#2f855a", size: 11)
                    : Text(x, y + Side + 29, Line($"✗ {Short(one.Predicted, 15)} {one.Confidence:0 %}"), colour: "#c53030", size: 11),
            };
        }));
    }

    /// <summary>Pictures in pairs, left as they are labelled and right as they were answered.</summary>
    public static string Pairs(string title, IReadOnlyList<(Image Labels, Image Predicted, string Caption)> shown)
    {
        const int Across = 2, Large = 256, Pair = (2 * Large) + 28;
        var rows = (shown.Count + Across - 1) / Across;
        return Document((Across * Pair) + 16, Top + (rows * (Large + 36)), title, shown.SelectMany((one, i) =>
        {
            var (x, y) = (16 + (i % Across * Pair), Top + (i / Across * (Large + 36)));
            return new[] { Placed(one.Labels, x, y, Large), Placed(one.Predicted, x + Large + 4, y, Large), Text(x, y + Large + 16, one.Caption, size: 11) };
        }));
    }

    private static string Placed(Image picture, int x, int y, int side) =>
        Line($"""<image x="{x}" y="{y}" width="{side}" height="{side}" href="data:image/jpeg;base64,{Convert.ToBase64String(Codec.Jpeg(picture, Quality))}"/>""");
}
