using System.Numerics.Tensors;
using Neuro.Client.Api;

namespace Neuro.Learning.Detection;

/// <summary>From what a head puts out for one picture to the objects that it found. Rows are anchors, proposals or points; codes and boxes have four numbers a
/// row.</summary>
/// <remarks>Models come from outside too: lengths are checked, numbers that are none are passed over, boxes end at the picture's rim, and
/// <see cref="Suppression.Limits"/> bounds what comes out.</remarks>
internal static class Decoding
{
    // Of a code for a logarithm of sizes: as BoxCoding holds it.
    private static readonly float LargestLog = MathF.Log(1000f / 16);

    /// <summary>The picture that boxes end at, and the least side in pixels of one that is kept.</summary>
    internal readonly record struct Frame(int Width, int Height, float LeastSide = 1);

    /// <summary>An SSD head (Liu et al. 2016).</summary>
    /// <param name="codes">By <see cref="BoxCoding"/>, relative to the default boxes.</param>
    /// <param name="logits"><c>[rows · (1 + classes)]</c>, background first.</param>
    /// <param name="defaults">Corners.</param>
    /// <exception cref="NeuroException"><c>detection.output_mismatch</c>.</exception>
    public static IReadOnlyList<DetectedObject> Ssd(ReadOnlySpan<float> codes, ReadOnlySpan<float> logits, ReadOnlySpan<float> defaults, BoxCoding.Variances variances,
        Frame frame, Suppression.Limits limits)
    {
        var (rows, columns) = Shape(codes, logits, defaults.Length / 4, 4);
        var found = new Candidates(frame, limits);
        var probabilities = new float[columns];
        for (var row = 0; row < rows; row++)
        {
            Softmax(logits.Slice(row * columns, columns), probabilities);
            for (var k = 1; k < columns; k++)
            {
                found.Add(probabilities[k], k - 1, codes.Slice(4 * row, 4), defaults.Slice(4 * row, 4), variances);
            }
        }

        return found.Kept();
    }

    /// <summary>A proposal network's head (Ren et al. 2015): regions that may show something, class 0.</summary>
    /// <param name="codes">Relative to the anchors.</param>
    /// <param name="logits">One a row: whether there is an object.</param>
    /// <param name="anchors">Corners, of all levels.</param>
    /// <exception cref="NeuroException"><c>detection.output_mismatch</c>.</exception>
    public static IReadOnlyList<DetectedObject> Proposals(ReadOnlySpan<float> codes, ReadOnlySpan<float> logits, ReadOnlySpan<float> anchors, Frame frame,
        Suppression.Limits limits)
    {
        var (rows, _) = Shape(codes, logits, anchors.Length / 4, 4, 1);
        var found = new Candidates(frame, limits);
        for (var row = 0; row < rows; row++)
        {
            found.Add(Sigmoid(logits[row]), 0, codes.Slice(4 * row, 4), anchors.Slice(4 * row, 4), BoxCoding.Variances.Ones);
        }

        return found.Kept();
    }

    /// <summary>The second stage of an R-CNN (Girshick 2015): a box of its own for each class.</summary>
    /// <param name="codes"><c>[rows · (1 + classes) · 4]</c>, relative to the proposals; the background's are not read.</param>
    /// <param name="logits"><c>[rows · (1 + classes)]</c>, background first.</param>
    /// <param name="proposals">Corners.</param>
    /// <exception cref="NeuroException"><c>detection.output_mismatch</c>.</exception>
    public static IReadOnlyList<DetectedObject> RoiHead(ReadOnlySpan<float> codes, ReadOnlySpan<float> logits, ReadOnlySpan<float> proposals, Frame frame,
        Suppression.Limits limits)
    {
        var rows = proposals.Length / 4;
        var columns = rows == 0 ? 0 : logits.Length / rows;
        Shape(codes, logits, rows, 4 * columns);
        var found = new Candidates(frame, limits);
        var probabilities = new float[columns];
        for (var row = 0; row < rows; row++)
        {
            Softmax(logits.Slice(row * columns, columns), probabilities);
            for (var k = 1; k < columns; k++)
            {
                found.Add(probabilities[k], k - 1, codes.Slice(4 * (row * columns + k), 4), proposals.Slice(4 * row, 4), BoxCoding.Variances.Tenths);
            }
        }

        return found.Kept();
    }

    /// <summary>An anchor-free head (Tian et al. 2019).</summary>
    /// <param name="distances">From each point to the left, top, right and bottom side, in pixels.</param>
    /// <param name="logits"><c>[rows · classes]</c>, each class by itself; there is no background.</param>
    /// <param name="points">x, y of each row.</param>
    /// <exception cref="NeuroException"><c>detection.output_mismatch</c>.</exception>
    public static IReadOnlyList<DetectedObject> AnchorFree(ReadOnlySpan<float> distances, ReadOnlySpan<float> logits, ReadOnlySpan<float> points, Frame frame,
        Suppression.Limits limits)
    {
        var (rows, columns) = Shape(distances, logits, points.Length / 2, 4);
        var found = new Candidates(frame, limits);
        for (var row = 0; row < rows; row++)
        {
            var (x, y) = (points[2 * row], points[2 * row + 1]);
            var reach = distances.Slice(4 * row, 4);
            for (var k = 0; k < columns; k++)
            {
                found.Add(Sigmoid(logits[row * columns + k]), k, x - reach[0], y - reach[1], x + reach[2], y + reach[3]);
            }
        }

        return found.Kept();
    }

    private static (int Rows, int Columns) Shape(ReadOnlySpan<float> codes, ReadOnlySpan<float> logits, int rows, int codesARow, int? columns = null)
    {
        var fits = codes.Length == rows * codesARow && (rows == 0 ? logits.IsEmpty : logits.Length % rows == 0 && logits.Length > 0)
            && (columns is null || logits.Length == rows * columns);
        return fits ? (rows, rows == 0 ? 0 : logits.Length / rows)
            : throw new NeuroException("detection.output_mismatch",
                $"The model puts out {codes.Length} numbers for boxes and {logits.Length} for classes; its {rows} anchors, proposals or points need "
                + $"{rows * codesARow} and a multiple of {rows}. Its spec and its weights do not belong together.");
    }

    private static void Softmax(ReadOnlySpan<float> logits, Span<float> probabilities)
    {
        // Less the highest, which changes nothing but keeps the exponentials finite.
        TensorPrimitives.Subtract(logits, TensorPrimitives.Max(logits), probabilities);
        TensorPrimitives.SoftMax(probabilities, probabilities);
    }

    private static float Sigmoid(float logit) => 1 / (1 + MathF.Exp(-logit));

    /// <summary>What reaches the least score, before suppression.</summary>
    private sealed class Candidates(Frame frame, Suppression.Limits limits)
    {
        private readonly List<float> boxes = [];
        private readonly List<float> scores = [];
        private readonly List<int> classes = [];

        public void Add(float score, int classId, ReadOnlySpan<float> code, ReadOnlySpan<float> anchor, BoxCoding.Variances variances)
        {
            // Most scores are too low: nothing is decoded for them.
            if (score >= limits.Score)
            {
                var (centre, size) = ((float)variances.Centre, (float)variances.Size);
                var (width, height) = (anchor[2] - anchor[0], anchor[3] - anchor[1]);
                var (x, y) = (anchor[0] + width * (0.5f + code[0] * centre), anchor[1] + height * (0.5f + code[1] * centre));
                var halfWidth = width * MathF.Exp(MathF.Min(code[2] * size, LargestLog)) / 2;
                var halfHeight = height * MathF.Exp(MathF.Min(code[3] * size, LargestLog)) / 2;
                Add(score, classId, x - halfWidth, y - halfHeight, x + halfWidth, y + halfHeight);
            }
        }

        public void Add(float score, int classId, float left, float top, float right, float bottom)
        {
            (left, right) = (Math.Clamp(left, 0, frame.Width), Math.Clamp(right, 0, frame.Width));
            (top, bottom) = (Math.Clamp(top, 0, frame.Height), Math.Clamp(bottom, 0, frame.Height));
            // Written so that what is not a number fails.
            if (score >= limits.Score && right - left >= frame.LeastSide && bottom - top >= frame.LeastSide)
            {
                boxes.AddRange([left, top, right, bottom]);
                scores.Add(score);
                classes.Add(classId);
            }
        }

        public IReadOnlyList<DetectedObject> Kept()
        {
            var (corners, confidences, ids) = (boxes.ToArray(), scores.ToArray(), classes.ToArray());
            return [.. Suppression.Keep(corners, confidences, ids, default, limits).Select(i =>
                new DetectedObject(ids[i], confidences[i], Box.FromCorners(corners[4 * i], corners[4 * i + 1], corners[4 * i + 2], corners[4 * i + 3])))];
        }
    }
}
