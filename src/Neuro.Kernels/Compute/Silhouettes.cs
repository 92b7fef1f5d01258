using System.Buffers;
using System.Numerics;
using Neuro.Kernels.Labels;
using Neuro.Kernels.Rendering;
using Neuro.Kernels.Scenes;

namespace Neuro.Kernels.Compute;

/// <summary>What each product would cover if it stood alone: a kernel fills in the pixels, here they become masks.</summary>
internal static class Silhouettes
{
    /// <summary>Marks the covered pixels of a work's rectangle, column by column; what it gets is all zero.</summary>
    public delegate void Cover(SilhouetteWork work, Span<byte> covered);

    /// <summary>Of every product that has a pixel in the picture; of the others nothing is asked.</summary>
    public static Silhouette[] Of(Scene scene, ReadOnlySpan<int> ids, Cover cover)
    {
        var silhouettes = new Silhouette[scene.Instances.Count];
        var seen = Seen(ids, silhouettes.Length);
        for (var i = 0; i < silhouettes.Length; i++)
        {
            if (!seen[i + 1])
            {
                continue;
            }

            var work = Around(scene, scene.Instances[i]);
            var covered = ArrayPool<byte>.Shared.Rent(work.Width * work.Height);
            try
            {
                var pixels = covered.AsSpan(0, work.Width * work.Height);
                pixels.Clear();
                cover(work, pixels);
                silhouettes[i] = Encode(scene, in work, pixels);
            }
            finally
            {
                ArrayPool<byte>.Shared.Return(covered);
            }
        }

        return silhouettes;
    }

    private static bool[] Seen(ReadOnlySpan<int> ids, int most)
    {
        var seen = new bool[most + 1];
        var last = 0;
        foreach (var id in ids)
        {
            if (id != last)
            {
                seen[id] = true;
                last = id;
            }
        }

        return seen;
    }

    /// <summary>The pixels that may show a product: around the projected corners of its world box, half a frame beyond the rim at most.</summary>
    private static SilhouetteWork Around(Scene scene, SceneInstance instance)
    {
        var (width, height) = (scene.Width, scene.Height);
        var bounds = Bounds.Empty;
        for (var i = 0; i < instance.PrimitiveCount; i++)
        {
            bounds = bounds.With(Bounds.Of(in scene.Primitives[instance.FirstPrimitive + i]));
        }

        var (left, top, right, bottom) = (float.PositiveInfinity, float.PositiveInfinity, float.NegativeInfinity, float.NegativeInfinity);
        for (var corner = 0; corner < 8; corner++)
        {
            var point = new Vector3((corner & 1) == 0 ? bounds.Min.X : bounds.Max.X, (corner & 2) == 0 ? bounds.Min.Y : bounds.Max.Y, (corner & 4) == 0 ? bounds.Min.Z : bounds.Max.Z);
            var (x, y, depth) = scene.Camera.Project(point, width, height);
            if (depth < 0.02f || !float.IsFinite(x) || !float.IsFinite(y))
            {
                (left, top, right, bottom) = (-width, -height, 2 * width, 2 * height);
                break;
            }

            (left, top, right, bottom) = (Math.Min(left, x), Math.Min(top, y), Math.Max(right, x), Math.Max(bottom, y));
        }

        // A bent line bulges beyond its ends.
        var bulge = 2 + ((Math.Abs(scene.Camera.Lens.K1) + Math.Abs(scene.Camera.Lens.K2)) * 0.25f * Math.Max(right - left, bottom - top));
        var (x0, y0) = (Down(Math.Max(left - bulge, -width / 2f)), Down(Math.Max(top - bulge, -height / 2f)));
        var (x1, y1) = (Up(Math.Min(right + bulge, width * 1.5f)), Up(Math.Min(bottom + bulge, height * 1.5f)));
        return new SilhouetteWork { Id = instance.Id, First = instance.FirstPrimitive, Count = instance.PrimitiveCount, Bounds = bounds.ToNode(), Left = x0, Top = y0, Width = Math.Max(0, x1 - x0), Height = Math.Max(0, y1 - y0) };
    }

    private static int Down(float pixels) => (int)MathF.Floor(pixels / 4) * 4;

    private static int Up(float pixels) => (int)MathF.Ceiling(pixels / 4) * 4;

    private static Silhouette Encode(Scene scene, in SilhouetteWork work, ReadOnlySpan<byte> covered)
    {
        var mask = new LabelPass.InstanceMask(0, scene.Width, scene.Height);
        var beyond = 0;
        var (from, to) = (Math.Max(0, -work.Top), Math.Min(work.Height, scene.Height - work.Top));
        for (var x = 0; x < work.Width; x++)
        {
            var column = covered.Slice(x * work.Height, work.Height);
            if (work.Left + x < 0 || work.Left + x >= scene.Width || from >= to)
            {
                beyond += column.Count((byte)1);
                continue;
            }

            beyond += column[..from].Count((byte)1) + column[to..].Count((byte)1);
            for (var y = from; y < to;)
            {
                var begin = column[y..to].IndexOf((byte)1);
                if (begin < 0)
                {
                    break;
                }

                y += begin;
                var length = column[y..to].IndexOf((byte)0) is var end and >= 0 ? end : to - y;
                mask.Add(work.Left + x, work.Top + y, length);
                y += length;
            }
        }

        return new Silhouette(mask.Runs, beyond);
    }
}
