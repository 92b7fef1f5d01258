using static TorchSharp.torch;

namespace Neuro.Learning.Detection;

/// <summary>Features of regions in a grid of fixed size, read between pixels (RoIAlign; He et al. 2017, section 3).</summary>
/// <remarks>
/// Each output is a weighted sum of feature pixels, so the whole is one sparse matrix, made here, times the features: gradients are its transpose.
/// Half a pixel is taken off all coordinates ("aligned"), as Detectron2 does and the original did not; samples up to a pixel outside read the rim, those further out 0.
/// </remarks>
internal static class RoiAlign
{
    private const int MostSamples = 64;

    /// <param name="features"><c>[N, C, H, W]</c>, float or double.</param>
    /// <param name="boxes">Corners <c>[R, 4]</c> in pixels of the network's input, by rows.</param>
    /// <param name="images">For each box, which of the N it lies in.</param>
    /// <param name="scale">Feature pixels for an input pixel, such as 1/16.</param>
    /// <param name="size">Side of the grid.</param>
    /// <param name="samples">Samples along each side of a grid cell; 0 takes as many as the cell has feature pixels.</param>
    /// <returns><c>[R, C, size, size]</c>.</returns>
    /// <exception cref="ArgumentException">Shapes that do not fit, an image that is not there, or a box that is not finite or larger than 64 feature pixels for a
    /// grid cell.</exception>
    public static Tensor Pool(Tensor features, ReadOnlySpan<float> boxes, ReadOnlySpan<int> images, double scale, int size, int samples = 2)
    {
        TensorShapes.Require(features, nameof(features), -1, -1, -1, -1);
        ArgumentOutOfRangeException.ThrowIfLessThan(size, 1);
        ArgumentOutOfRangeException.ThrowIfNegative(samples);
        if (boxes.Length != 4 * images.Length)
        {
            throw new ArgumentException($"There are {boxes.Length} numbers of boxes for {images.Length} image numbers; four are a box.");
        }

        var (count, channels, height, width) = ((int)features.shape[0], features.shape[1], (int)features.shape[2], (int)features.shape[3]);
        var weights = new Weights(height, width, size, samples);
        for (var roi = 0; roi < images.Length; roi++)
        {
            if (images[roi] < 0 || images[roi] >= count)
            {
                throw new ArgumentException($"Box {roi} is in image {images[roi]}; there are {count}.");
            }

            weights.Add(images[roi], boxes.Slice(4 * roi, 4), scale);
        }

        using var scope = NewDisposeScope();
        var pixels = features.permute(0, 2, 3, 1).reshape(-1, channels);
        var pooled = weights.Matrix(pixels).mm(pixels);
        return pooled.reshape(images.Length, size, size, channels).permute(0, 3, 1, 2).MoveToOuterDisposeScope();
    }

    /// <summary>The level of a feature pyramid that a box is read from: ⌊4 + log₂(√(w h) / 224)⌋ (Lin et al. 2017, equation 1), held to the levels there are.</summary>
    public static int Level(ReadOnlySpan<float> box, int lowest, int highest) =>
        (int)Math.Clamp(Math.Floor(4 + Math.Log2(Math.Sqrt(Math.Max(0, box[2] - box[0]) * (double)Math.Max(0, box[3] - box[1])) / 224 + 1e-8)), lowest, highest);

    /// <summary>Which feature pixels an output reads and how much of each.</summary>
    private sealed class Weights(int height, int width, int size, int samples)
    {
        private readonly List<long> rows = [];
        private readonly List<long> columns = [];
        private readonly List<double> values = [];
        private long row;

        public void Add(int image, ReadOnlySpan<float> box, double scale)
        {
            var across = Axis(box[0] * scale - 0.5, box[2] * scale - 0.5, width);
            var down = Axis(box[1] * scale - 0.5, box[3] * scale - 0.5, height);
            foreach (var cellY in down)
            {
                foreach (var cellX in across)
                {
                    // Weights of a cell are products: bilinear interpolation is linear along each axis, also at the rim.
                    foreach (var (y, weightY) in cellY)
                    {
                        foreach (var (x, weightX) in cellX)
                        {
                            rows.Add(row);
                            columns.Add(((long)image * height + y) * width + x);
                            values.Add(weightY * weightX);
                        }
                    }

                    row++;
                }
            }
        }

        public Tensor Matrix(Tensor like)
        {
            var indices = tensor(new[] { rows, columns }.SelectMany(list => list).ToArray(), [2, rows.Count], device: like.device);
            return sparse_coo_tensor(indices, tensor(values.ToArray(), [values.Count], dtype: like.dtype, device: like.device), [row, like.shape[0]]);
        }

        /// <summary>For each cell along one side, the pixels that its samples read, with their weights.</summary>
        private (int Pixel, double Weight)[][] Axis(double from, double to, int length)
        {
            var cell = (to - from) / size;
            var count = samples > 0 ? samples : Math.Max(1, (int)Math.Ceiling(Math.Min(cell, MostSamples + 1)));
            if (!double.IsFinite(from) || !double.IsFinite(to) || cell < 0 || count > MostSamples)
            {
                throw new ArgumentException($"A box from {from} to {to} feature pixels cannot be read in {size} cells; clip boxes to the picture first.");
            }

            var result = new (int, double)[size][];
            for (var i = 0; i < size; i++)
            {
                var reads = new SortedDictionary<int, double>();
                for (var s = 0; s < count; s++)
                {
                    Read(from + (i + (s + 0.5) / count) * cell, length, 1.0 / count, reads);
                }

                result[i] = [.. reads.Select(read => (read.Key, read.Value))];
            }

            return result;
        }

        private static void Read(double at, int length, double weight, SortedDictionary<int, double> reads)
        {
            if (at < -1 || at > length)
            {
                return;
            }

            var held = Math.Clamp(at, 0, length - 1);
            var low = (int)held;
            var share = held - low;
            reads[low] = reads.GetValueOrDefault(low) + weight * (1 - share);
            if (share > 0)
            {
                reads[low + 1] = reads.GetValueOrDefault(low + 1) + weight * share;
            }
        }
    }
}
