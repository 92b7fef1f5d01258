using Neuro.Kernels.Formats;

namespace Neuro.Kernels.Artwork;

/// <summary>Four corners in pixels: top left, top right, bottom right, bottom left.</summary>
internal readonly record struct Quad((float X, float Y) TopLeft, (float X, float Y) TopRight, (float X, float Y) BottomRight, (float X, float Y) BottomLeft);

/// <summary>Where the front and, in a three-quarter view, the visible side lie in a cut-out carton picture.</summary>
/// <remarks>
/// The edge between them is the near-vertical line along which the horizontal gradient persists longest: print has strong edges too, but short ones.
/// The lower outline tells as well: it has its knee there.
/// </remarks>
/// <param name="Front">The wider face, up to the shoulders.</param>
/// <param name="Side">The narrower face up to its shoulder, or none when the view is frontal.</param>
/// <param name="Roof">The slope above the front of a gable-top carton, or none where the product is straight up to its upper edge.</param>
/// <param name="Height">Of the whole product in pixels, a roof and a cap included.</param>
internal sealed record CartonFaces(Quad Front, Quad? Side, Quad? Roof, float Height)
{
    private const float BodyFrom = 0.30f;
    private const float BodyTo = 0.93f;
    private const int MaxLean = 3;
    private const float MaxSideShare = 0.4f;
    private const float NarrowSidePrior = 0.5f;
    private const float KneeWeight = 1.2f;
    private const float Persistence = 0.42f;
    private const float GradientThreshold = 6;

    /// <summary>Width, height and depth in pixels of the picture.</summary>
    public (float Width, float Height, float Depth) Proportions
    {
        get
        {
            var width = Span(Front);

            // A visible side is foreshortened by an angle that one picture does not tell; milk cartons are close to square in plan, wide ones flatter.
            return (width, Height, Math.Min(0.9f * width, Height / 3));
        }
    }

    /// <summary>Height of the roof over the whole height; 0 where there is none.</summary>
    public float RoofShare => Roof is null ? 0 : Math.Clamp(1 - Rise(Front) / Height, 0, 1);

    /// <summary>Width of the side over the front's, as the picture shows them; 0 where there is none.</summary>
    public float SideShare => Side is { } side ? Span(side) / Span(Front) : 0;

    /// <summary>Finds the faces.</summary>
    public static CartonFaces Of(CutOut product)
    {
        var rows = product.Bottom - product.Top + 1;
        var (from, to) = (product.Top + (int)(BodyFrom * rows), product.Top + (int)(BodyTo * rows));
        var left = Line.Fit(from, to, y => product.Left[y]);
        var right = Line.Fit(from, to, y => product.Right[y]);
        var edge = Edge(product, left, right, from, to);
        var (first, second) = edge is { } middle && middle.At(product.Bottom) - left.At(product.Bottom) < right.At(product.Bottom) - middle.At(product.Bottom)
            ? (middle, right)
            : (left, edge ?? right);
        var shoulders = Shoulders.Of(product, left, right, first, second);
        var front = Face(product, first, second, shoulders.Front);
        Quad? side = edge is null ? null
            : first == left ? Face(product, second, right, shoulders.Side)
            : Face(product, left, first, shoulders.Side);
        var height = (front.BottomLeft.Y + front.BottomRight.Y) / 2 - product.Top;
        return new CartonFaces(front, side, shoulders.Roof, height);
    }

    private static Line? Edge(CutOut product, Line left, Line right, int from, int to)
    {
        var best = (Score: 0f, Line: default(Line));
        var knees = FloorKnee.Gains(product);
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
                score += KneeWeight * knees[Math.Clamp((int)line.At(product.Bottom), 0, knees.Length - 1)];
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

    private static Quad Face(CutOut product, Line left, Line right, Line top)
    {
        var (first, last) = ((int)left.At(product.Bottom) + 2, (int)right.At(product.Bottom) - 2);
        var floor = last - first >= 6
            ? Line.Fit(first, last, product.LowestRow)
            : new Line(product.Bottom, 0);
        return new Quad(Crossing(left, top, product.Top), Crossing(right, top, product.Top), Crossing(right, floor, product.Bottom), Crossing(left, floor, product.Bottom));
    }

    /// <summary>Where a steep side meets a flat edge; two steps settle it.</summary>
    private static (float X, float Y) Crossing(Line side, Line flat, float guess)
    {
        var y = flat.At(side.At(flat.At(side.At(guess))));
        return (side.At(y), y);
    }

    private static float Span(Quad face) => (face.TopRight.X - face.TopLeft.X + face.BottomRight.X - face.BottomLeft.X) / 2;

    private static float Rise(Quad face) => (face.BottomLeft.Y - face.TopLeft.Y + face.BottomRight.Y - face.TopRight.Y) / 2;

    /// <summary>Square root of luma, 0 to 255: an edge between two dark faces is as much of a step as one between two bright ones.</summary>
    internal static float Lightness(Image picture, int x, int y)
    {
        var at = 3 * (y * picture.Width + x);
        return 16 * MathF.Sqrt((77 * picture.Rgb[at] + 150 * picture.Rgb[at + 1] + 29 * picture.Rgb[at + 2]) / 256f);
    }
}
