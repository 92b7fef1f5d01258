namespace Neuro.Kernels.Artwork;

/// <summary>Where a carton's upright faces end, and what stands above them.</summary>
/// <remarks>
/// The shoulder is the row at which the outline turns inwards from the body's line. On the far side it is the face's own corner;
/// the near corner, between front and side, lies inside the outline and is found along the fold, which is a step in lightness.
/// </remarks>
/// <param name="Front">Row of the front's upper edge at a column.</param>
/// <param name="Side">Row of the side's upper edge at a column.</param>
/// <param name="Roof">The slope above the front; none where only a cap, or nothing, stands above the shoulders.</param>
internal sealed record Shoulders(Line Front, Line Side, Quad? Roof)
{
    private const float LowestShoulder = 0.23f;
    private const float TurnsApart = 0.03f;
    private const float ApartWeight = 2;
    private const float LeanWindow = 0.07f;
    private const float BodyWindow = 0.35f;
    private const float SlightestRoof = 0.15f;
    private const float SteepestRoof = 0.7f;
    private const float StraightnessWeight = 0.75f;
    private const float SteepestFold = 0.08f;
    private const float LowestRoof = 0.08f;
    private const float CapHeight = 0.04f;
    private const float NarrowestRidge = 0.6f;

    /// <summary>Finds them.</summary>
    /// <param name="product">The carton.</param>
    /// <param name="left">Its outline's left line, column by row.</param>
    /// <param name="right">Its outline's right line.</param>
    /// <param name="frontLeft">The front's left edge; the same as <paramref name="left"/> where the side is not on the left.</param>
    /// <param name="frontRight">The front's right edge.</param>
    public static Shoulders Of(CutOut product, Line left, Line right, Line frontLeft, Line frontRight)
    {
        var (leftRow, rightRow) = Turns(product);
        var (start, end) = (left.At(leftRow), right.At(rightRow));
        if (frontLeft == left && frontRight == right)
        {
            var level = Line.Through(leftRow, start, rightRow, end);
            return new Shoulders(level, level, RoofOver(product, level, left, right, Math.Min(leftRow, rightRow)));
        }

        var sideIsLeft = frontLeft != left;
        var (outer, outerRow) = sideIsLeft ? (end, rightRow) : (start, leftRow);
        var (sideOuter, sideRow) = sideIsLeft ? (start, leftRow) : (end, rightRow);
        var near = sideIsLeft ? frontLeft.At(outerRow) : frontRight.At(outerRow);
        var front = Fold(product, outer, outerRow, near);
        var roof = RoofOver(product, front, frontLeft, frontRight, Math.Min(leftRow, rightRow));
        if (roof is null)
        {
            // The outline's upper edge is the box's own, unless a cap hides it.
            var edge = Line.Fit((int)Math.Min(outer, near) + 2, (int)Math.Max(outer, near) - 2, product.HighestRow);
            front = Math.Abs(edge.At(outer) - outerRow) < CapHeight * (product.Bottom - product.Top) ? edge : front;
        }

        var nearRow = front.At(near);
        var side = Math.Abs(sideRow - nearRow) < 0.1f * (product.Bottom - product.Top) ? Through(near, nearRow, sideOuter, sideRow) : new Line(nearRow, 0);
        return new Shoulders(front, side, roof);
    }

    /// <summary>The rows, left and right, above which the outline leans inwards most and below which it is straight; perspective lets them differ a little only.</summary>
    private static (int Left, int Right) Turns(CutOut product)
    {
        var (left, right) = (TurnScores(product, product.Left, 1), TurnScores(product, product.Right, -1));
        var alike = TurnsApart * (product.Bottom - product.Top);
        var best = (Score: float.MinValue, Left: product.Top, Right: product.Top);
        for (var l = 0; l < left.Length; l++)
        {
            for (var r = 0; r < right.Length; r++)
            {
                var score = left[l] + right[r] - ApartWeight * Math.Max(0, Math.Abs(l - r) - alike);
                best = score > best.Score ? (score, product.Top + l, product.Top + r) : best;
            }
        }

        return (best.Left, best.Right);
    }

    private static float[] TurnScores(CutOut product, int[] outline, int inwards)
    {
        var height = product.Bottom - product.Top;
        var (above, below) = (Math.Max(4, (int)(LeanWindow * height)), (int)(BodyWindow * height));
        return [.. Enumerable.Range(product.Top, Math.Max(1, (int)(LowestShoulder * height))).Select(row =>
        {
            var body = Line.Fit(row, row + below, y => outline[y]);
            var score = 0f;
            for (var y = row; y < row + below; y++)
            {
                score -= StraightnessWeight * Math.Abs(outline[y] - body.At(y));
            }

            for (var up = 1; up <= above; up++)
            {
                var y = row - up;
                score += y < product.Top ? SlightestRoof * up : Math.Clamp(inwards * (outline[y] - outline[row] - body.At(y) + body.At(row)), 0, SteepestRoof * up);
            }

            return score;
        })];
    }

    /// <summary>The fold from the outer corner to the near one: the leaning line with the strongest step from one row to the next.</summary>
    private static Line Fold(CutOut product, float outer, float row, float near)
    {
        var best = (Score: 0f, Line: new Line(row, 0));
        for (var step = -16; step <= 16; step++)
        {
            var line = new Line(row - SteepestFold * step / 16 * outer, SteepestFold * step / 16);
            var score = Step(product, line, Math.Min(outer, near), Math.Max(outer, near)) * (1 - 0.02f * Math.Abs(step));
            best = score > best.Score ? (score, line) : best;
        }

        return best.Line;
    }

    private static float Step(CutOut product, Line line, float from, float to)
    {
        var (sum, count) = (0f, 0);
        for (var x = (int)from + 2; x < to - 2; x++)
        {
            var y = Math.Clamp((int)(line.At(x) + 0.5f), 2, product.Picture.Height - 3);
            var step = CartonFaces.Lightness(product.Picture, x, y + 1) + CartonFaces.Lightness(product.Picture, x, y + 2) - CartonFaces.Lightness(product.Picture, x, y - 1) - CartonFaces.Lightness(product.Picture, x, y - 2);
            sum += Math.Clamp(step, -30, 30);
            count++;
        }

        return count == 0 ? 0 : Math.Abs(sum) / count;
    }

    private static Line Through(float x, float y, float otherX, float otherY) =>
        x < otherX ? Line.Through(y, x, otherY, otherX) : Line.Through(otherY, otherX, y, x);

    /// <summary>From the shoulder to the highest row that is still about as wide as the body: a cap alone is no roof.</summary>
    private static Quad? RoofOver(CutOut product, Line shoulder, Line left, Line right, int highestTurn)
    {
        var (low, high) = (shoulder.At(left.At(product.Top)), shoulder.At(right.At(product.Top)));
        var middle = (int)((low + high) / 2);
        var ridge = Ridge(product);
        if (highestTurn - product.Top < LowestRoof * (product.Bottom - product.Top))
        {
            return null;
        }

        var inside = Math.Min(ridge + 2, product.Bottom);
        return new Quad(
            (product.Left[inside], ridge),
            (product.Right[inside] + 1, ridge),
            (right.At(high), high),
            (left.At(low), low));
    }

    /// <summary>The highest row that is about as wide as the body.</summary>
    private static int Ridge(CutOut product)
    {
        var middle = (product.Top + product.Bottom) / 2;
        var body = product.Right[middle] - product.Left[middle];
        var ridge = product.Top;
        while (ridge < middle && product.Right[ridge] - product.Left[ridge] < NarrowestRidge * body)
        {
            ridge++;
        }

        return ridge;
    }
}
