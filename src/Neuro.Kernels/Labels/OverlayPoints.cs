using Neuro.Kernels.Formats;
using Neuro.Kernels.Rendering;
using Neuro.Kernels.Scenes;

namespace Neuro.Kernels.Labels;

/// <summary>The point cloud of a frame, seen from another side than the camera's.</summary>
public static class OverlayPoints
{
    private const byte Ground = 250;

    /// <summary>The camera walks around the middle of what it saw; what it did not see stays empty.</summary>
    /// <param name="degrees">How far around the vertical.</param>
    public static Image Draw(Frame frame, ImageLabels labels, double degrees)
    {
        var cloud = PointCloud.From(labels.Camera, frame.Width, frame.Height, frame.Depth, frame.Ids, frame.Rgb);
        var rgb = new byte[frame.Rgb.Length];
        Array.Fill(rgb, Ground);
        if (cloud.Count == 0)
        {
            return new Image(frame.Width, frame.Height, rgb);
        }

        var nearest = new float[frame.Depth.Length];
        Array.Fill(nearest, float.PositiveInfinity);
        var pivot = MedianDepth(cloud);
        var (sin, cos) = ((float)PortableMath.Sin(degrees * Math.PI / 180), (float)PortableMath.Cos(degrees * Math.PI / 180));
        for (var i = 0; i < cloud.Count; i++)
        {
            var (x, y, z) = (cloud.Points[3 * i], cloud.Points[(3 * i) + 1], cloud.Points[(3 * i) + 2] - pivot);
            var depth = (z * cos) - (x * sin) + pivot;
            if (depth > 0.05f)
            {
                var column = (int)(labels.Camera.CentreX + (labels.Camera.FocalX * ((x * cos) + (z * sin)) / depth));
                var row = (int)(labels.Camera.CentreY + (labels.Camera.FocalY * y / depth));
                Put(column, row, depth, cloud.Rgb.AsSpan(3 * i, 3));
            }
        }

        return new Image(frame.Width, frame.Height, rgb);

        // Two pixels square, or a surface seen from its side would be a sieve.
        void Put(int column, int row, float depth, ReadOnlySpan<byte> colour)
        {
            for (var y = Math.Max(0, row); y < Math.Min(frame.Height, row + 2); y++)
            {
                for (var x = Math.Max(0, column); x < Math.Min(frame.Width, column + 2); x++)
                {
                    var at = (y * frame.Width) + x;
                    if (depth < nearest[at])
                    {
                        nearest[at] = depth;
                        colour.CopyTo(rgb.AsSpan(3 * at));
                    }
                }
            }
        }
    }

    private static float MedianDepth(PointCloud cloud)
    {
        var depths = new float[cloud.Count];
        for (var i = 0; i < depths.Length; i++)
        {
            depths[i] = cloud.Points[(3 * i) + 2];
        }

        Array.Sort(depths);
        return depths[depths.Length / 2];
    }
}
