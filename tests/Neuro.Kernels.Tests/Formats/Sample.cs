using System.Numerics;
using Neuro.Kernels.Formats;
using Neuro.Kernels.Labels;
using Neuro.Kernels.Rendering;

namespace Neuro.Kernels.Tests.Formats;

/// <summary>A made-up picture of cartons that hide each other, with labels that are true of it.</summary>
internal static class Sample
{
    public static readonly string[] Classes = ["Green tea", "Oat milk", "Beans", "Salt & pepper"];

    /// <summary>Cartons drawn back to front; those wholly hidden have no label.</summary>
    public static (Frame Frame, ImageLabels Labels) Of(int seed, int width = 96, int height = 72, int cartons = 12, int index = 0)
    {
        var random = new Random(seed);
        var frame = new Frame(width, height);
        var wholes = Enumerable.Range(1, cartons).Select(id =>
        {
            var (w, h) = (random.Next(2, Math.Max(3, width / 4)), random.Next(2, Math.Max(3, height / 3)));
            var (left, top) = (random.Next(-w / 2, width - 1), random.Next(-h / 2, height - 1));
            return (Id: id, Left: left, Top: top, Right: left + w, Bottom: top + h);
        }).ToList();
        Array.Fill(frame.Depth, float.PositiveInfinity);
        foreach (var one in wholes)
        {
            ForEach(one, at =>
            {
                frame.Ids[at] = one.Id;
                frame.Depth[at] = 2 - (0.01f * one.Id);
            });
        }

        for (var at = 0; at < frame.Ids.Length; at++)
        {
            (frame.Rgb[3 * at], frame.Rgb[(3 * at) + 1], frame.Rgb[(3 * at) + 2]) = ((byte)(20 * frame.Ids[at]), (byte)(at % width), (byte)(at / width));
        }

        var instances = wholes.Select(one =>
        {
            var whole = new bool[width * height];
            ForEach(one, at => whole[at] = true);
            var visible = frame.Ids.Select(id => id == one.Id).ToArray();
            return visible.Contains(true) ? Label(one.Id, RunLength.Encode(width, height, visible), RunLength.Encode(width, height, whole), random) : null;
        }).OfType<Instance>().ToList();
        var camera = new CameraLabel(1.1f * height, 1.2f * height, width / 2f, height / 2f, 0.05f, -0.01f, new Pose(Turn(random), new Vector3(0.1f, -0.7f, 1.3f)));
        return (frame, new ImageLabels(
            index, width, height, camera, instances,
            [new Gap(1, 3, 2, -1, new BoundingBox(1, 2, 3, 4))],
            [new PriceTag(0, 1, 2, 3, new BoundingBox(0, height - 2, width, 2)), new PriceTag(1, 0, 0, -1, new BoundingBox(5, 5, 1, 1))]));

        void ForEach((int Id, int Left, int Top, int Right, int Bottom) one, Action<int> visit)
        {
            for (var y = Math.Max(0, one.Top); y < Math.Min(height, one.Bottom); y++)
            {
                for (var x = Math.Max(0, one.Left); x < Math.Min(width, one.Right); x++)
                {
                    visit((y * width) + x);
                }
            }
        }
    }

    public static EncodedImage Encoded(int seed, int index = 0, params string[] maps)
    {
        var (frame, labels) = Of(seed, index: index);
        return EncodedImage.Encode(frame, labels, 90, maps);
    }

    private static Instance Label(int id, RunLength mask, RunLength whole, Random random)
    {
        var box = mask.Box;
        var pose = new Pose(Turn(random), new Vector3(random.NextSingle() - 0.5f, random.NextSingle() - 0.5f, 1 + random.NextSingle()));
        return new Instance
        {
            Id = id,
            ClassId = id % Classes.Length,
            Sku = $"sku \"{id % Classes.Length}\" ü",
            Box = box,
            Area = mask.Area,
            Mask = mask,
            AmodalBox = whole.Box,
            UnoccludedArea = whole.Area,
            AmodalMask = whole,
            Truncation = random.NextSingle() * 0.5f,
            OrientedBox = new OrientedBox(box.X + (box.Width / 2f), box.Y + (box.Height / 2f), box.Width, box.Height, (90 * random.NextSingle()) - 45),
            Pose = pose,
            Size = new Vector3(0.1f + random.NextSingle(), 0.2f, 0.05f) / 4,
            Corners = [.. Enumerable.Range(0, 8).Select(_ => Corner(mask.Width, mask.Height, random))],
            FrontAngle = 180 * random.NextSingle(),
            Place = id % 3 == 0 ? null : new ShelfPlace(id, 2, 0, 7, -1),
        };
    }

    private static Keypoint Corner(int width, int height, Random random)
    {
        var (x, y) = ((1.4f * random.NextSingle() * width) - (0.2f * width), (1.4f * random.NextSingle() * height) - (0.2f * height));
        return new Keypoint(x, y, x >= 0 && y >= 0 && x < width && y < height ? random.Next(1, 3) : 0);
    }

    private static Quaternion Turn(Random random) => Quaternion.CreateFromYawPitchRoll(random.NextSingle(), random.NextSingle(), random.NextSingle());
}
