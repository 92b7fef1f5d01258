using System.Buffers.Binary;
using System.Text;
using Neuro.Kernels.Labels;

namespace Neuro.Kernels.Formats;

/// <summary>What a picture shows as points in space, one for each pixel where something is.</summary>
/// <param name="Points">x, y, z of each point, metres from the camera: x right, y down, z forward; [N, 3].</param>
/// <param name="Ids">Instance id of each point, 0 for whatever carries no label.</param>
/// <param name="Rgb">Colour of each point; [N, 3].</param>
public sealed record PointCloud(float[] Points, int[] Ids, byte[] Rgb)
{
    private const int VertexBytes = (3 * sizeof(float)) + sizeof(int) + 3;

    /// <summary>Points.</summary>
    public int Count => Ids.Length;

    /// <summary>Writes binary little-endian PLY: x, y, z (float), id (int), red, green, blue (uchar) of each point.</summary>
    /// <remarks>Format: Greg Turk, The PLY Polygon File Format (1994).</remarks>
    public void WritePly(Stream stream)
    {
        stream.Write(Encoding.ASCII.GetBytes(
            $"ply\nformat binary_little_endian 1.0\nelement vertex {Count}\nproperty float x\nproperty float y\nproperty float z\n"
            + "property int id\nproperty uchar red\nproperty uchar green\nproperty uchar blue\nend_header\n"));
        var rows = new byte[VertexBytes * Math.Min(Count, 4096)];
        var filled = 0;
        for (var at = 0; at < Count; at++)
        {
            var row = rows.AsSpan(filled, VertexBytes);
            BinaryPrimitives.WriteSingleLittleEndian(row, Points[3 * at]);
            BinaryPrimitives.WriteSingleLittleEndian(row[4..], Points[(3 * at) + 1]);
            BinaryPrimitives.WriteSingleLittleEndian(row[8..], Points[(3 * at) + 2]);
            BinaryPrimitives.WriteInt32LittleEndian(row[12..], Ids[at]);
            Rgb.AsSpan(3 * at, 3).CopyTo(row[16..]);
            filled += VertexBytes;
            if (filled == rows.Length || at == Count - 1)
            {
                stream.Write(rows, 0, filled);
                filled = 0;
            }
        }
    }

    /// <summary>Each pixel's centre, followed back through the lens to its depth.</summary>
    internal static PointCloud From(CameraLabel camera, int width, int height, ReadOnlySpan<float> depth, ReadOnlySpan<int> ids, ReadOnlySpan<byte> rgb)
    {
        var count = depth.Length - depth.Count(float.PositiveInfinity);
        var cloud = new PointCloud(new float[3 * count], new int[count], new byte[3 * count]);
        for (int at = 0, to = 0; at < width * height; at++)
        {
            if (depth[at] == float.PositiveInfinity)
            {
                continue;
            }

            var (x, y) = Straightened(camera, ((at % width) + 0.5f - camera.CentreX) / camera.FocalX, ((at / width) + 0.5f - camera.CentreY) / camera.FocalY);
            (cloud.Points[3 * to], cloud.Points[(3 * to) + 1], cloud.Points[(3 * to) + 2]) = (x * depth[at], y * depth[at], depth[at]);
            cloud.Ids[to] = ids[at];
            rgb.Slice(3 * at, 3).CopyTo(cloud.Rgb.AsSpan(3 * to));
            to++;
        }

        return cloud;
    }

    /// <summary>The ideal place on the image plane of a distorted one: Newton's method on r · (1 + K1 r² + K2 r⁴).</summary>
    private static (float X, float Y) Straightened(CameraLabel camera, float x, float y)
    {
        var distorted = MathF.Sqrt((x * x) + (y * y));
        if (distorted == 0 || (camera.K1 == 0 && camera.K2 == 0))
        {
            return (x, y);
        }

        const int Steps = 8;
        var ideal = distorted;
        for (var step = 0; step < Steps; step++)
        {
            var square = ideal * ideal;
            var value = (ideal * (1 + (square * (camera.K1 + (square * camera.K2))))) - distorted;
            var slope = 1 + (square * ((3 * camera.K1) + (5 * square * camera.K2)));
            ideal -= value / slope;
        }

        return (x * ideal / distorted, y * ideal / distorted);
    }
}
