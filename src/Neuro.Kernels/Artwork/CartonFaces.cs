using Neuro.Kernels.Formats;

namespace Neuro.Kernels.Artwork;

/// <summary>Four corners in pixels: top left, top right, bottom right, bottom left.</summary>
internal readonly record struct Quad((float X, float Y) TopLeft, (float X, float Y) TopRight, (float X, float Y) BottomRight, (float X, float Y) BottomLeft);

/// <summary>Where the front and, in a three-quarter view, the visible side lie in a cut-out carton picture.</summary>
/// <remarks>
/// The edge between them is the near-vertical line along which the horizontal gradient persists longest: print has strong edges too, but short ones.
/// </remarks>
/// <param name="Front">The wider face.</param>
/// <param name="Side">The narrower face, or none when the view is frontal.</param>
internal sealed record CartonFaces(Quad Front, Quad? Side)
{
    private const float BodyFrom = 0.30f;
    private const float BodyTo = 0.93f;
    private const int MaxLean = 3;
    private const float MaxSideShare = 0.4f;
    private const float NarrowSidePrior = 0.5f;
    private const float Persistence = 0.42f;
    private const float GradientThreshold = 6;

    /// <summary>Width, height and depth in pixels of the picture.</summary>
    public (float Width, float Height, float Depth) Proportions
    {
        get
        {
            var width = Span(Front);
            var height = (Front.BottomLeft.Y - Front.TopLeft.Y + Front.BottomRight.Y - Front.TopRight.Y) / 2;

            // A visible side is foreshortened by an angle that one picture does not tell; milk cartons are close to square in plan, wide ones flatter.
            return (width, height, Math.Min(0.9f * width, height / 3));
        }
    }

    /// <summary>Finds the faces.</summary>
    public static CartonFaces Of(CutOut product)
    {
        var rows = product.Bottom - product.Top + 1;
        var (from, to) = (product.Top + (int)(BodyFrom * rows), product.Top + (int)(BodyTo * rows));
        var left = Line.Fit(from, to, y => product.Left[y]);
        var right = Line.Fit(from, to, y => product.Right[y]);
        if (Edge(product, left, right, from, to) is not { } edge)
        {
            return new CartonFaces(Face(product, left, right), null);
        }

        var (first, second) = (Face(product, left, edge), Face(product, edge, right));
        return Span(first) >= Span(second) ? new CartonFaces(first, second) : new CartonFaces(second, first);
    }

    private static Line? Edge(CutOut product, Line left, Line right, int from, int to)
    {
        var best = (Score: 0f, Line: default(Line));
        var (first, last) = (left.At(from), right.At(from));
        for (var share = 0.1f; share <= 0.9f; share += 1 / (last - first))
        {
            if (share is > MaxSideShare and < 1 - MaxSideShare)
            {
                continue;
            }

            // All three verticals of a carton meet in one vanishing point: the edge leans about as its neighbours do.
            var top = first + share * (last - first);
            var expected = left.At(to) + share * (right.At(to) - left.At(to));
            for (var lean = -MaxLean; lean <= MaxLean; lean++)
            {
                var line = Line.Through(top, from, expected + lean, to);
                var score = (1 - NarrowSidePrior * Math.Min(share, 1 - share)) * EdgePersistence(product.Picture, line, from, to);
                best = score > best.Score ? (score, line) : best;
            }
        }

        return best.Score >= Persistence ? best.Line : null;
    }

    private static float EdgePersistence(Image picture, Line line, int from, int to)
    {
        var (rising, falling, sharp) = (0, 0, 0);
        for (var y = from; y < to; y++)
        {
            var x = Math.Clamp((int)MathF.Round(line.At(y)), 2, picture.Width - 3);
            var step = Lightness(picture, x + 1, y) + Lightness(picture, x + 2, y) - Lightness(picture, x - 1, y) - Lightness(picture, x - 2, y);
            rising += step > 2 * GradientThreshold ? 1 : 0;
            falling += step < -2 * GradientThreshold ? 1 : 0;
            sharp += Math.Abs(Lightness(picture, x, y) - Lightness(picture, x - 1, y)) > GradientThreshold ? 1 : 0;
        }

        // One face is lit differently from the other, so the step has mostly one sign. Among lines as persistent the one with the sharpest step lies on the edge itself.
        return (Math.Max(rising, falling) - 0.25f * Math.Min(rising, falling) + 0.1f * sharp) / (to - from);
    }

    private static Quad Face(CutOut product, Line left, Line right)
    {
        var (first, last) = ((int)left.At(product.Bottom) + 2, (int)right.At(product.Bottom) - 2);
        var floor = last - first >= 6
            ? Line.Fit(first, last, x => LowestRow(product, x))
            : new Line(product.Bottom, 0);
        (float, float) Corner(Line side, bool bottom)
        {
            // Two steps settle the crossing of a steep side with a flat floor.
            var y = bottom ? floor.At(side.At(floor.At(side.At(product.Bottom)))) : product.Top;
            return (side.At(y), y);
        }

        return new Quad(Corner(left, false), Corner(right, false), Corner(right, true), Corner(left, true));
    }

    private static int LowestRow(CutOut product, int x)
    {
        var y = product.Bottom;
        while (y > product.Top && (x < product.Left[y] || x > product.Right[y]))
        {
            y--;
        }

        return y;
    }

    private static float Span(Quad face) => (face.TopRight.X - face.TopLeft.X + face.BottomRight.X - face.BottomLeft.X) / 2;

    /// <summary>Square root of luma, 0 to 255: an edge between two dark faces is as much of a step as one between two bright ones.</summary>
    private static float Lightness(Image picture, int x, int y)
    {
        var at = 3 * (y * picture.Width + x);
        return 16 * MathF.Sqrt((77 * picture.Rgb[at] + 150 * picture.Rgb[at + 1] + 29 * picture.Rgb[at + 2]) / 256f);
    }

    /// <summary>value = Offset + Slope · place.</summary>
    private readonly record struct Line(float Offset, float Slope)
    {
        public float At(float place) => Offset + Slope * place;

        public static Line Through(float value, int place, float nextValue, int nextPlace)
        {
            var slope = (nextValue - value) / Math.Max(1, nextPlace - place);
            return new Line(value - slope * place, slope);
        }

        /// <summary>Least absolute deviations by Theil and Sen: the median slope of pairs, then the median offset; a third of the places may be wrong.</summary>
        public static Line Fit(int from, int to, Func<int, int> value)
        {
            var half = Math.Max(1, (to - from) / 2);
            var slope = Median([.. Enumerable.Range(from, Math.Max(1, to - from - half)).Select(at => (value(at + half) - value(at)) / (float)half)]);
            var offset = Median([.. Enumerable.Range(from, Math.Max(1, to - from)).Select(at => value(at) - slope * at)]);
            return new Line(offset, slope);
        }

        private static float Median(float[] values)
        {
            Array.Sort(values);
            return values[values.Length / 2];
        }
    }
}
