using System.Numerics;
using Neuro.Kernels.Rendering;
using Neuro.Kernels.Scenes;

namespace Neuro.Kernels.Labels;

/// <summary>The labels that come from where things are, not from what is seen: poses, corners, gaps, tags, the camera.</summary>
/// <remarks>Doubles in a fixed order: the same bits on every machine.</remarks>
internal sealed class LabelGeometry(Scene scene, Frame frame)
{
    // A corner is seen where the picture shows its own product no nearer than this before it.
    private const float SeenWithin = 0.02f;

    public Instance Label(SceneInstance instance, LabelPass.InstanceMask mask, Silhouette silhouette)
    {
        var whole = silhouette.Mask ?? throw new ArgumentException($"Instance {instance.Id} is seen but has no silhouette: the frame's ids are not those that were rendered.");
        var amodal = whole.Area;
        return new Instance
        {
            Id = instance.Id,
            ClassId = instance.ClassId,
            Sku = instance.Sku,
            Box = mask.Box,
            Area = mask.Area,
            Mask = mask.Runs,
            AmodalBox = whole.Box,
            UnoccludedArea = amodal,
            AmodalMask = whole,
            // A sliver in a large picture must not round to all of it.
            Truncation = Math.Min(silhouette.Beyond / (float)(silhouette.Beyond + amodal), MathF.BitDecrement(1)),
            OrientedBox = OrientedBoxes.Around(mask.Runs),
            Pose = Pose(instance.Placing),
            Size = instance.Size,
            Corners = Corners(instance),
            FrontAngle = FrontAngle(instance.Placing),
            Place = instance.Place,
        };
    }

    public CameraLabel Camera()
    {
        var focal = scene.Camera.FocalLength(scene.Height);
        return new CameraLabel(focal, focal, scene.Width / 2f, scene.Height / 2f, scene.Camera.Lens.K1, scene.Camera.Lens.K2, Pose(Placing.None));
    }

    public IReadOnlyList<Gap> Gaps() =>
        [.. scene.Gaps.Select(gap => (gap, box: Clipped(gap.Centre, gap.Size))).Where(one => one.box.Width > 0)
            .Select(one => new Gap(one.gap.Row, one.gap.Facing, one.gap.Slot, one.gap.ClassId, one.box))];

    public IReadOnlyList<PriceTag> PriceTags() =>
        [.. scene.PriceTags.Select(tag => (tag, box: Clipped(tag.Centre, new Vector3(tag.Size, 0)))).Where(one => one.box.Width > 0)
            .Select(one => new PriceTag(one.tag.Id, one.tag.Row, one.tag.Slot, one.tag.ClassId, one.box))];

    /// <summary>Of something at a place of the world, in the camera's axes.</summary>
    private Pose Pose(Placing placing)
    {
        var camera = scene.Camera;
        Span<double> rotation = stackalloc double[9];
        ReadOnlySpan<Vector3> axes = [placing.XAxis, placing.YAxis, placing.ZAxis];
        for (var column = 0; column < 3; column++)
        {
            rotation[column] = Dot(camera.Right, axes[column]);
            rotation[3 + column] = -Dot(camera.Up, axes[column]);
            rotation[6 + column] = Dot(camera.Forward, axes[column]);
        }

        var (x, y, z) = ((double)placing.Origin.X - camera.Origin.X, (double)placing.Origin.Y - camera.Origin.Y, (double)placing.Origin.Z - camera.Origin.Z);
        return new Pose(
            Quaternion(rotation),
            new Vector3((float)Dot(camera.Right, x, y, z), (float)-Dot(camera.Up, x, y, z), (float)Dot(camera.Forward, x, y, z)));
    }

    /// <summary>Of a rotation matrix, row by row; w ≥ 0 (Shepperd 1978: the largest component first).</summary>
    private static Quaternion Quaternion(ReadOnlySpan<double> m)
    {
        var trace = m[0] + m[4] + m[8];
        double w, x, y, z;
        if (trace >= Math.Max(m[0], Math.Max(m[4], m[8])))
        {
            w = 1 + trace;
            (x, y, z) = (m[7] - m[5], m[2] - m[6], m[3] - m[1]);
        }
        else if (m[0] >= Math.Max(m[4], m[8]))
        {
            x = 1 + m[0] - m[4] - m[8];
            (w, y, z) = (m[7] - m[5], m[1] + m[3], m[2] + m[6]);
        }
        else if (m[4] >= m[8])
        {
            y = 1 + m[4] - m[0] - m[8];
            (w, x, z) = (m[2] - m[6], m[1] + m[3], m[5] + m[7]);
        }
        else
        {
            z = 1 + m[8] - m[0] - m[4];
            (w, x, y) = (m[3] - m[1], m[2] + m[6], m[5] + m[7]);
        }

        var scale = 1 / Math.Sqrt((w * w) + (x * x) + (y * y) + (z * z));
        scale = w < 0 ? -scale : scale;
        return new Quaternion((float)(x * scale), (float)(y * scale), (float)(z * scale), (float)(w * scale));
    }

    private Keypoint[] Corners(SceneInstance instance)
    {
        var half = instance.Size / 2;
        var corners = new Keypoint[8];
        for (var i = 0; i < 8; i++)
        {
            // Upper left, upper right, lower right, lower left of the front; then of the back.
            var local = new Vector3((i & 3) is 1 or 2 ? half.X : -half.X, (i & 2) == 0 ? half.Y : -half.Y, i < 4 ? half.Z : -half.Z);
            var (x, y, depth) = scene.Camera.Project(instance.Placing.Point(local), scene.Width, scene.Height);
            corners[i] = depth > 0.01f && x >= 0 && y >= 0 && x < scene.Width && y < scene.Height
                ? new Keypoint(x, y, Sees(instance.Id, (int)x, (int)y, depth) ? 2 : 1)
                : depth > 0.01f && Math.Abs(x) < 1e6f && Math.Abs(y) < 1e6f ? new Keypoint(x, y, 0) : new Keypoint(0, 0, 0);
        }

        return corners;
    }

    /// <summary>Corners lie on outlines, so a neighbouring pixel of the product will do; on a side seen at a grazing angle neighbours differ in depth by more than the tolerance.</summary>
    private bool Sees(int id, int x, int y, float depth)
    {
        var (near, far) = (float.PositiveInfinity, float.NegativeInfinity);
        for (var row = Math.Max(0, y - 1); row <= Math.Min(scene.Height - 1, y + 1); row++)
        {
            for (var column = Math.Max(0, x - 1); column <= Math.Min(scene.Width - 1, x + 1); column++)
            {
                var at = (row * scene.Width) + column;
                if (frame.Ids[at] == id)
                {
                    (near, far) = (Math.Min(near, frame.Depth[at]), Math.Max(far, frame.Depth[at]));
                }
            }
        }

        return far > depth - Math.Max(SeenWithin, far - near);
    }

    /// <summary>Degrees between the front's normal and the direction to the camera.</summary>
    private float FrontAngle(Placing placing)
    {
        var origin = scene.Camera.Origin;
        var (x, y, z) = ((double)origin.X - placing.Origin.X, (double)origin.Y - placing.Origin.Y, (double)origin.Z - placing.Origin.Z);
        var cosine = Dot(placing.ZAxis, x, y, z) / Math.Sqrt(Math.Max((x * x) + (y * y) + (z * z), 1e-12));
        return (float)(PortableMath.Acos(Math.Clamp(cosine, -1, 1)) * (180 / Math.PI));
    }

    /// <summary>Where an upright box of the world is seen, as far as it is in the frame; all zeros where it is not.</summary>
    private BoundingBox Clipped(Vector3 centre, Vector3 size)
    {
        var (left, top, right, bottom) = (float.PositiveInfinity, float.PositiveInfinity, float.NegativeInfinity, float.NegativeInfinity);
        for (var i = 0; i < 8; i++)
        {
            var corner = new Vector3(
                centre.X + ((i & 1) == 0 ? -size.X / 2 : size.X / 2), centre.Y + ((i & 2) == 0 ? -size.Y / 2 : size.Y / 2), centre.Z + ((i & 4) == 0 ? -size.Z / 2 : size.Z / 2));
            var (x, y, depth) = scene.Camera.Project(corner, scene.Width, scene.Height);
            if (!(depth > 0.01f))
            {
                return default;
            }

            (left, top, right, bottom) = (Math.Min(left, x), Math.Min(top, y), Math.Max(right, x), Math.Max(bottom, y));
        }

        var (x0, y0) = ((int)MathF.Floor(Math.Clamp(left, 0, scene.Width)), (int)MathF.Floor(Math.Clamp(top, 0, scene.Height)));
        var (x1, y1) = ((int)MathF.Ceiling(Math.Clamp(right, 0, scene.Width)), (int)MathF.Ceiling(Math.Clamp(bottom, 0, scene.Height)));
        return x1 > x0 && y1 > y0 ? new BoundingBox(x0, y0, x1 - x0, y1 - y0) : default;
    }

    private static double Dot(Vector3 a, Vector3 b) => Dot(a, b.X, b.Y, b.Z);

    private static double Dot(Vector3 a, double x, double y, double z) => (a.X * x) + (a.Y * y) + (a.Z * z);
}
