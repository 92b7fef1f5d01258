using System.Numerics;
using Neuro.Kernels.Artwork;
using Neuro.Kernels.Formats;
using Neuro.Kernels.Formats.Exchange;
using Neuro.Kernels.Scenes;

namespace Neuro.Kernels.Labels;

/// <summary>The labels of each instance drawn over a picture of the same size: boxes, masks, poses, corners. A colour for each class or instance.</summary>
public static class OverlayShapes
{
    private const float VisibleOpacity = 0.35f;
    private const float HiddenOpacity = 0.85f;
    private static readonly Colour Dark = new(30, 30, 30);
    private static readonly Colour[] AxisColours = [new(215, 40, 40), new(30, 150, 50), new(40, 80, 220)];

    // Front and back face, and what joins them, by corner.
    private static readonly (int From, int To)[] Edges = [(4, 5), (5, 6), (6, 7), (7, 4), (0, 4), (1, 5), (2, 6), (3, 7), (0, 1), (1, 2), (2, 3), (3, 0)];

    /// <summary>Amodal boxes dark, and over them the tight ones in the colour of their class.</summary>
    public static Image Boxes(Image image, ImageLabels labels) => Drawn(image, labels, ink =>
    {
        foreach (var instance in labels.Instances)
        {
            ink.Box(Dark, ink.Width, instance.AmodalBox);
        }

        foreach (var instance in labels.Instances)
        {
            ink.Box(OverlayInk.Of(instance.ClassId), ink.Width * 1.5f, instance.Box);
        }
    });

    /// <summary>The turned rectangles in the colour of their class.</summary>
    public static Image OrientedBoxes(Image image, ImageLabels labels) => Drawn(image, labels, ink =>
    {
        foreach (var instance in labels.Instances)
        {
            var box = instance.OrientedBox;
            var turn = box.Angle * Math.PI / 180;
            var along = new Vector2((float)PortableMath.Cos(turn), (float)PortableMath.Sin(turn)) * (box.Width / 2);
            var across = new Vector2(-(float)PortableMath.Sin(turn), (float)PortableMath.Cos(turn)) * (box.Height / 2);
            var centre = new Vector2(box.CentreX, box.CentreY);
            Vector2[] corners = [centre - along - across, centre + along - across, centre + along + across, centre - along + across];
            ink.Line(OverlayInk.Of(instance.ClassId), ink.Width * 1.5f, [.. corners.Append(corners[0]).Select(corner => (corner.X, corner.Y))]);
        }
    });

    /// <summary>The edges of each 3-D box, and from its middle the product's own axes: x red, y green, z, out of its front, blue.</summary>
    public static Image Boxes3D(Image image, ImageLabels labels) => Drawn(image, labels, ink =>
    {
        foreach (var instance in labels.Instances.Where(instance => instance.Corners.Count == 8))
        {
            foreach (var (from, to) in Edges)
            {
                var (a, b) = (instance.Corners[from], instance.Corners[to]);
                if (IsSomewhere(a) && IsSomewhere(b))
                {
                    ink.Line(OverlayInk.Of(instance.ClassId), ink.Width, (a.X, a.Y), (b.X, b.Y));
                }
            }
        }

        foreach (var instance in labels.Instances)
        {
            Axes(ink, labels, instance);
        }
    });

    /// <summary>The eight corners: green where visible, orange where hidden; those outside the picture are not drawn.</summary>
    public static Image Corners(Image image, ImageLabels labels) => Drawn(image, labels, ink =>
    {
        foreach (var corner in labels.Instances.SelectMany(instance => instance.Corners).Where(corner => corner.Visibility > 0).OrderBy(corner => corner.Visibility))
        {
            ink.Dot(corner.Visibility == 2 ? new Colour(20, 140, 60) : new Colour(235, 140, 30), corner.X, corner.Y, ink.Width * (corner.Visibility == 2 ? 1.8f : 1.3f));
        }
    });

    /// <summary>The visible pixels of each instance in a colour of its own.</summary>
    public static Image Masks(Image image, ImageLabels labels) => Tinted(image, labels, (rgb, instance) =>
        OverlayInk.Tint(rgb, instance.Mask, Overlay.Colour(instance.Id), VisibleOpacity));

    /// <summary>What each instance would cover if it stood alone: the hidden part strong, the visible part pale.</summary>
    public static Image AmodalMasks(Image image, ImageLabels labels) => Tinted(image, labels, (rgb, instance) =>
    {
        var (whole, visible) = (instance.AmodalMask.Decode(), instance.Mask.Decode());
        for (var at = 0; at < whole.Length; at++)
        {
            if (whole[at])
            {
                OverlayInk.Mix(rgb.AsSpan(3 * at, 3), Overlay.Colour(instance.Id), visible[at] ? VisibleOpacity / 2 : HiddenOpacity);
            }
        }
    });

    /// <summary>Masks as polygons, one for each part of an instance.</summary>
    public static Image Polygons(Image image, ImageLabels labels) => Drawn(image, labels, ink =>
    {
        foreach (var instance in labels.Instances)
        {
            foreach (var part in MaskPolygons.OfParts(instance.Mask))
            {
                ink.Line(OverlayInk.Of(instance.Id), ink.Width, [.. part.Append(part[0]).Select(corner => (corner.X, corner.Y))]);
            }
        }
    });

    /// <summary>Visible percent of each instance, and under it the percent outside the frame where there is some.</summary>
    public static Image Visibility(Image image, ImageLabels labels) => Drawn(image, labels, ink =>
    {
        foreach (var instance in labels.Instances)
        {
            string[] words = [Percent(instance.Visibility), .. instance.Truncated ? [$"T {Percent(instance.Truncation)}"] : Array.Empty<string>()];
            ink.Words(Dark, Middle(instance.Box).X, Middle(instance.Box).Y, instance.Box.Width, words);
        }
    });

    /// <summary>Degrees between the front's normal and the direction to the camera.</summary>
    public static Image FrontAngles(Image image, ImageLabels labels) => Drawn(image, labels, ink =>
    {
        foreach (var instance in labels.Instances)
        {
            ink.Words(Dark, Middle(instance.Box).X, Middle(instance.Box).Y, instance.Box.Width, $"{(int)Math.Round(instance.FrontAngle)}");
        }
    });

    internal static (float X, float Y) Middle(BoundingBox box) => (box.X + (box.Width / 2f), box.Y + (box.Height / 2f));

    internal static Image Drawn(Image image, ImageLabels labels, Action<OverlayInk> draw)
    {
        RequireSameSize(image, labels);
        var ink = new OverlayInk(image);
        draw(ink);
        return ink.Image;
    }

    internal static Image Tinted(Image image, ImageLabels labels, Action<byte[], Instance> tint)
    {
        RequireSameSize(image, labels);
        var rgb = (byte[])image.Rgb.Clone();
        foreach (var instance in labels.Instances)
        {
            tint(rgb, instance);
        }

        return image with { Rgb = rgb };
    }

    private static void Axes(OverlayInk ink, ImageLabels labels, Instance instance)
    {
        var length = Math.Max(instance.Size.X, Math.Max(instance.Size.Y, instance.Size.Z)) / 2;
        if (Seen(labels.Camera, instance.Pose.Translation) is not { } origin)
        {
            return;
        }

        ReadOnlySpan<Vector3> axes = [Vector3.UnitX, Vector3.UnitY, Vector3.UnitZ];
        for (var axis = 0; axis < axes.Length; axis++)
        {
            var tip = Vector3.Transform(axes[axis] * length, instance.Pose.Rotation) + instance.Pose.Translation;
            if (Seen(labels.Camera, tip) is { } end)
            {
                ink.Line(AxisColours[axis], ink.Width * 1.5f, origin, end);
            }
        }
    }

    /// <summary>Where a point in the camera's axes is seen; nowhere if it is behind.</summary>
    private static (float X, float Y)? Seen(CameraLabel camera, Vector3 point)
    {
        if (point.Z < 0.01f)
        {
            return null;
        }

        var (x, y) = (point.X / point.Z, point.Y / point.Z);
        var square = (x * x) + (y * y);
        var bend = 1 + (square * (camera.K1 + (square * camera.K2)));
        return (camera.CentreX + (camera.FocalX * x * bend), camera.CentreY + (camera.FocalY * y * bend));
    }

    // What lies behind the camera is labelled as 0, 0.
    private static bool IsSomewhere(Keypoint corner) => corner.Visibility > 0 || corner.X != 0 || corner.Y != 0;

    private static string Percent(float share) => $"{(int)Math.Round(100 * share)}%";

    private static void RequireSameSize(Image image, ImageLabels labels)
    {
        if ((image.Width, image.Height) != (labels.Width, labels.Height))
        {
            throw new ArgumentException($"The picture is {image.Width} × {image.Height}, its labels are for {labels.Width} × {labels.Height} pixels.");
        }
    }
}
