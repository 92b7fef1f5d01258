using System.Globalization;
using System.Net;
using System.Text;

namespace Neuro.Learning.Specs.Drawing;

/// <summary>A model as a picture: its blocks from top to bottom, each with its layers, their shapes and what they cost.</summary>
public static class GraphDrawing
{
    private const int Width = 400;
    private const int Line = 17;
    private const int Title = 28;
    private const int GapX = 28;
    private const int GapY = 34;
    private const int Margin = 24;
    private const int Header = 56;
    private const int Lane = 9;
    private const int MaxText = 36;

    /// <summary>Room for the heading.</summary>
    private const int LeastWidth = 640;

    /// <summary>The picture as SVG, with fonts and colours of its own.</summary>
    public static string Svg(ModelSpec spec)
    {
        var blocks = Block.Of(spec);
        var places = Place(blocks);
        var lanes = Lanes(blocks, places);
        var right = places.Values.Max(place => place.X + Width);
        var (width, height) = (Math.Max(LeastWidth, right + Margin + Lane * (lanes.Values.DefaultIfEmpty(-1).Max() + 1)), places.Values.Max(place => place.Y + place.Height) + Margin);
        var svg = new StringBuilder();
        svg.Append(CultureInfo.InvariantCulture, $"""
            <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" height="{height}" font-family="system-ui, sans-serif" font-size="12">
            <rect width="{width}" height="{height}" fill="#ffffff"/>
            <text x="{Margin}" y="26" font-size="18" font-weight="600" fill="#1a202c">{Text(spec.Name)}</text>
            <text x="{Margin}" y="44" fill="#4a5568">{Text($"{spec.Task.Name()} {spec.Classes} classes · input [{string.Join(", ", spec.Input)}] · {LayerText.Count(spec.Parameters)} parameters · {LayerText.Count(spec.Macs)} multiply-accumulates")}</text>

            """);
        foreach (var block in blocks)
        {
            foreach (var read in block.Reads)
            {
                Edge(svg, places[read], places[block], lanes.TryGetValue((read, block), out var lane) ? right + Lane * (lane + 1) : null);
            }
        }

        blocks.ForEach(block => Box(svg, spec, block, places[block]));
        return svg.Append("</svg>\n").ToString();
    }

    private sealed record Spot(int X, int Y, int Height, int Rank)
    {
        public int Middle => X + Width / 2;
    }

    /// <summary>Each block below all that it reads; blocks of one rank side by side, below what they read where there is room.</summary>
    private static Dictionary<Block, Spot> Place(List<Block> blocks)
    {
        var ranks = new Dictionary<Block, int>();
        blocks.ForEach(block => ranks[block] = block.Reads.Select(read => ranks[read] + 1).DefaultIfEmpty(0).Max());
        var (places, y) = (new Dictionary<Block, Spot>(), Header + Margin / 2);
        foreach (var row in blocks.GroupBy(block => ranks[block]).OrderBy(row => row.Key))
        {
            var x = Margin;
            foreach (var block in row.OrderBy(block => block.Reads.Select(read => (double)places[read].X).DefaultIfEmpty(0).Average()))
            {
                places[block] = new(x, y, Title + Line * Lines(block).Count + 8, row.Key);
                x += Width + GapX;
            }

            y += row.Max(block => places[block].Height) + GapY;
        }

        return places;
    }

    /// <summary>Edges that pass other rows run beside the picture, each in a lane of its own that is free as far as it needs it.</summary>
    private static Dictionary<(Block From, Block To), int> Lanes(List<Block> blocks, Dictionary<Block, Spot> places)
    {
        var (lanes, ends) = (new Dictionary<(Block, Block), int>(), new List<int>());
        foreach (var (from, to) in blocks.SelectMany(block => block.Reads.Select(read => (From: read, To: block))).Where(edge => places[edge.To].Rank > places[edge.From].Rank + 1).OrderBy(edge => places[edge.From].Y))
        {
            var lane = ends.FindIndex(end => end < places[from].Y);
            if (lane < 0)
            {
                ends.Add(0);
                lane = ends.Count - 1;
            }

            ends[lane] = places[to].Y;
            lanes[(from, to)] = lane;
        }

        return lanes;
    }

    private static void Edge(StringBuilder svg, Spot from, Spot to, int? lane)
    {
        var (x1, y1, x2, y2) = (from.Middle, from.Y + from.Height, to.Middle, to.Y);
        var path = lane is { } x
            ? Invariant($"M{from.X + Width} {y1 - 12} H{x - 6} Q{x} {y1 - 12} {x} {y1 - 6} V{y2 - 20} Q{x} {y2 - 14} {x - 6} {y2 - 14} H{x2 + 26} Q{x2 + 20} {y2 - 14} {x2 + 20} {y2 - 8} V{y2}")
            : Invariant($"M{x1} {y1} C{x1} {y1 + GapY / 2} {x2} {y2 - GapY / 2} {x2} {y2}");
        svg.Append(CultureInfo.InvariantCulture, $"""<path d="{path}" fill="none" stroke="{(lane is null ? "#4a5568" : "#a0aec0")}" stroke-width="1.4"/>""").Append('\n');
    }

    private static void Box(StringBuilder svg, ModelSpec spec, Block block, Spot at)
    {
        var outputs = spec.Outputs.Where(output => block.Layers.Any(layer => layer.Name == output.Value)).Select(output => output.Key).ToList();
        var (parameters, macs) = (block.Layers.Sum(layer => spec.CostOf(layer).Parameters), block.Layers.Sum(layer => spec.CostOf(layer).Macs));
        svg.Append(CultureInfo.InvariantCulture, $"""
            <rect x="{at.X}" y="{at.Y}" width="{Width}" height="{at.Height}" rx="6" fill="{Fill(block)}" stroke="{(outputs.Count > 0 ? "#2b6cb0" : "#cbd5e0")}" stroke-width="{(outputs.Count > 0 ? 2 : 1)}"/>
            <text x="{at.X + 10}" y="{at.Y + 18}" font-weight="600" fill="#1a202c">{Text(Short(block.Title, 40))}</text>
            <text x="{at.X + Width - 10}" y="{at.Y + 18}" text-anchor="end" fill="#718096">{(parameters > 0 ? $"{LayerText.Count(parameters)} · " : "")}{LayerText.Count(macs)} MACs</text>

            """);
        var y = at.Y + Title + 10;
        foreach (var (text, last) in Lines(block))
        {
            var named = outputs.Where(output => spec.Outputs[output] == last.Name).ToList();
            var name = named.Count > 0 ? $"▸ {named[0]} " : "";
            svg.Append(CultureInfo.InvariantCulture, $"""
                <text x="{at.X + 10}" y="{y}" fill="#2d3748">{Text(Short(text, MaxText))}</text><text x="{at.X + Width - 10}" y="{y}" text-anchor="end" fill="{(named.Count > 0 ? "#2b6cb0" : "#718096")}">{Text(name + spec.ShapeOf(last.Name))}</text>

                """);
            y += Line;
        }
    }

    /// <summary>A layer a line, with the small ones that follow it; and the layer whose shape stands at the line's end.</summary>
    private static List<(string Text, Layer Last)> Lines(Block block)
    {
        var lines = new List<(string Text, Layer Last)>();
        foreach (var layer in block.Layers)
        {
            if (Block.IsSmall(layer) && lines.Count > 0 && layer.Inputs[0] == lines[^1].Last.Name)
            {
                lines[^1] = ($"{lines[^1].Text} · {Small(layer)}", layer);
            }
            else
            {
                lines.Add((LayerText.Describe(layer), layer));
            }
        }

        return lines;
    }

    private static string Small(Layer layer) => layer is BatchNorm or FrozenBatchNorm ? "norm" : LayerText.Describe(layer);

    private static string Fill(Block block) => block.Layers.Any(layer => layer is Proposals or Detections or RoiAlign) ? "#fffaf0"
        : block.Layers.Any(layer => layer is Linear) ? "#f0fff4"
        : block.Layers.Any(layer => layer is Conv2d or ConvTranspose2d) ? "#ebf8ff"
        : "#f7fafc";

    private static string Short(string text, int most) => text.Length > most ? text[..(most - 1)] + "…" : text;

    private static string Text(string text) => WebUtility.HtmlEncode(text);

    private static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
