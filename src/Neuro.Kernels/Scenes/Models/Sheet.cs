using System.Numerics;
using Neuro.Kernels.Labels;

namespace Neuro.Kernels.Scenes.Models;

/// <summary>A bent sheet: a place for every s (to the right) and t (up) from −1 to 1. Its picture is projected along z onto the front or back of a box of <paramref name="size"/>.</summary>
internal sealed class Sheet(Func<float, float, Vector3> at, Vector3 size, Part part, Ink ink)
{
    /// <summary>From −1 to 1 in equal steps.</summary>
    public static float[] Even(int count) => [.. Enumerable.Range(0, count + 1).Select(i => ((2f * i) - count) / count)];

    /// <summary>Two triangles for each cell of a grid, on a surface of their own.</summary>
    public void Add(ModelParts parts, float[] columns, float[] rows)
    {
        parts.Crease();
        for (var j = 0; j + 1 < rows.Length; j++)
        {
            for (var i = 0; i + 1 < columns.Length; i++)
            {
                var (a, b, c, d) = (Corner(columns, rows, i, j), Corner(columns, rows, i + 1, j), Corner(columns, rows, i + 1, j + 1), Corner(columns, rows, i, j + 1));
                if (ink is Ink.Back)
                {
                    (a, b, c, d) = (b, a, d, c);
                }

                // The diagonal runs outwards from the middle, as the film's folds do.
                var rising = columns[i] + columns[i + 1] > 0 == rows[j] + rows[j + 1] > 0;
                if (rising == ink is not Ink.Back)
                {
                    parts.AddQuad(a, b, c, d, part, ink);
                }
                else
                {
                    parts.AddQuad(b, c, d, a, part, ink);
                }
            }
        }
    }

    /// <summary>Its normal is that of the corners around it, so that it fits the flat triangles that it is to make look round.</summary>
    private Corner Corner(float[] columns, float[] rows, int i, int j)
    {
        var place = at(columns[i], rows[j]);
        var across = at(columns[Math.Min(i + 1, columns.Length - 1)], rows[j]) - at(columns[Math.Max(i - 1, 0)], rows[j]);
        var up = at(columns[i], rows[Math.Min(j + 1, rows.Length - 1)]) - at(columns[i], rows[Math.Max(j - 1, 0)]);
        var normal = Solids.Unit(Vectors.Cross(across, up));
        var (right, outwards) = ink is Ink.Back ? (-place.X, -normal) : (place.X, normal);
        return new Corner(place, 0.5f + (right / size.X), 0.5f - (place.Y / size.Y), outwards);
    }
}
