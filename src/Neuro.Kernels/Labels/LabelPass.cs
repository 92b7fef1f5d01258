using System.Buffers;
using System.Numerics;
using Neuro.Kernels.Rendering;
using Neuro.Kernels.Scenes;

namespace Neuro.Kernels.Labels;

/// <summary>From an id picture to labels, in one pass over its pixels however many objects there are.</summary>
public static class LabelPass
{
    /// <summary>Labels every labelled product of <paramref name="scene"/> that has a pixel in <paramref name="frame"/>.</summary>
    /// <exception cref="ArgumentException">The frame was not rendered from this scene, or without <see cref="Scene.WantsSilhouettes"/>.</exception>
    public static ImageLabels Run(Scene scene, Frame frame)
    {
        if ((scene.Width, scene.Height) != (frame.Width, frame.Height))
        {
            throw new ArgumentException($"The frame is {frame.Width} × {frame.Height}, its scene {scene.Width} × {scene.Height} pixels.");
        }

        if (frame.Silhouettes.Length != scene.Instances.Count)
        {
            throw new ArgumentException($"The frame holds silhouettes of {frame.Silhouettes.Length} instances; the scene has {scene.Instances.Count}. Render it with {nameof(Scene.WantsSilhouettes)}.");
        }

        var geometry = new LabelGeometry(scene, frame);
        var labels = new List<Instance>();
        foreach (var mask in Masks(frame.Ids, frame.Width, frame.Height, scene.Instances.Count))
        {
            var silhouette = frame.Silhouettes[mask.Id - 1];
            labels.Add(geometry.Label(scene.Instances[mask.Id - 1], mask, silhouette));
        }

        return new ImageLabels(scene.Index, frame.Width, frame.Height, geometry.Camera(), labels, geometry.Gaps(), geometry.PriceTags());
    }

    /// <summary>The masks of the ids 1 to <paramref name="maxId"/> that occur, by id.</summary>
    internal static IEnumerable<InstanceMask> Masks(ReadOnlySpan<int> ids, int width, int height, int maxId)
    {
        // COCO counts down the columns: turned once, the pass reads and compares whole vectors.
        var columns = ArrayPool<int>.Shared.Rent(ids.Length);
        try
        {
            Transpose(ids, columns, width, height);
            return Collect(columns.AsSpan(0, ids.Length), width, height, maxId);
        }
        finally
        {
            ArrayPool<int>.Shared.Return(columns);
        }
    }

    private static List<InstanceMask> Collect(ReadOnlySpan<int> columns, int width, int height, int maxId)
    {
        var growing = new InstanceMask?[maxId + 1];
        for (var x = 0; x < width; x++)
        {
            var column = columns.Slice(x * height, height);
            for (var y = 0; y < height;)
            {
                var id = column[y];
                var length = column[y..].IndexOfAnyExcept(id) is var found and >= 0 ? found : height - y;
                if (id > 0)
                {
                    if (id > maxId)
                    {
                        throw new ArgumentException($"The id picture holds {id} at column {x}, row {y}; the scene's ids end at {maxId}.");
                    }

                    (growing[id] ??= new InstanceMask(id, width, height)).Add(x, y, length);
                }

                y += length;
            }
        }

        return [.. growing.OfType<InstanceMask>()];
    }

    private static void Transpose(ReadOnlySpan<int> rows, Span<int> columns, int width, int height)
    {
        const int Tile = 16;
        for (var top = 0; top < height; top += Tile)
        {
            var bottom = Math.Min(height, top + Tile);
            for (var left = 0; left < width; left += Tile)
            {
                var right = Math.Min(width, left + Tile);
                for (var y = top; y < bottom; y++)
                {
                    for (var x = left; x < right; x++)
                    {
                        columns[(x * height) + y] = rows[(y * width) + x];
                    }
                }
            }
        }
    }

    /// <summary>A mask that grows run by run, in column order.</summary>
    internal sealed class InstanceMask(int id, int width, int height)
    {
        private readonly List<int> counts = [];
        private int end;
        private (int Left, int Top, int Right, int Bottom) extent = (width, height, -1, -1);

        public int Id => id;

        public int Area { get; private set; }

        /// <summary>All zeros when it is empty.</summary>
        public BoundingBox Box => Area == 0 ? default : new(extent.Left, extent.Top, extent.Right - extent.Left + 1, extent.Bottom - extent.Top + 1);

        public RunLength Runs => RunLength.FromCounts(width, height, end < width * height ? [.. counts, (width * height) - end] : [.. counts]);

        public void Add(int x, int y, int length)
        {
            var start = (x * height) + y;
            if (start == end && counts.Count > 0)
            {
                counts[^1] += length;
            }
            else
            {
                counts.Add(start - end);
                counts.Add(length);
            }

            end = start + length;
            Area += length;
            extent = (Math.Min(extent.Left, x), Math.Min(extent.Top, y), x, Math.Max(extent.Bottom, y + length - 1));
        }
    }
}
