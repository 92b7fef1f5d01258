using System.Globalization;
using System.Net;

namespace Neuro.Learning.Training.Figures;

/// <summary>The parts that all figures of a run are drawn with: SVG on white, which any browser and any report shows.</summary>
internal static class Svg
{
    /// <summary>Apart for colour-blind eyes too (Okabe and Ito 2008).</summary>
    private static readonly string[] Colours = ["#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9"];

    public static string Colour(int series) => Colours[series % Colours.Length];

    public static string Document(int width, int height, string title, IEnumerable<string> parts) => string.Join('\n',
    [
        Line($"""<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" height="{height}" font-family="system-ui, sans-serif" font-size="12">"""),
        Line($"""<title>{Safe(title)}</title><rect width="{width}" height="{height}" fill="#ffffff"/>"""),
        Text(12, 20, title, "start", "#1a202c", size: 14),
        .. parts,
        "</svg>",
        "",
    ]);

    public static string Text(double x, double y, string text, string anchor = "start", string colour = "#4a5568", int size = 12, int turn = 0) =>
        Line($"""<text x="{x:0.#}" y="{y:0.#}" text-anchor="{anchor}" fill="{colour}" font-size="{size}"{Turned(x, y, turn)}>{Safe(text)}</text>""");

    public static string Rule(double x1, double y1, double x2, double y2) =>
        Line($"""<line x1="{x1:0.#}" y1="{y1:0.#}" x2="{x2:0.#}" y2="{y2:0.#}" stroke="#e2e8f0"/>""");

    public static string Box(double x, double y, double width, double height, string fill, double opacity, string title) =>
        Line($"""<rect x="{x:0.#}" y="{y:0.#}" width="{width:0.#}" height="{height:0.#}" fill="{fill}" fill-opacity="{opacity:0.###}"><title>{Safe(title)}</title></rect>""");

    public static string Short(string text, int most) => text.Length <= most ? text : string.Concat(text.AsSpan(0, most - 1), "…");

    public static string Line(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);

    private static string Turned(double x, double y, int turn) => turn == 0 ? "" : Line($" transform=\"rotate({turn} {x:0.#} {y:0.#})\"");

    private static string Safe(string text) => WebUtility.HtmlEncode(text);
}
