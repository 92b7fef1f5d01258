using System.Numerics;
using Neuro.Kernels.Labels;
using Neuro.Kernels.Rendering;

namespace Neuro.Kernels.Scenes.Models;

/// <summary>A circle around the y axis where the pieces of a surface of revolution meet.</summary>
/// <param name="Height">Along y, metres.</param>
/// <param name="Part">Of the piece above it.</param>
internal readonly record struct Ring(float Height, float Radius, Part Part = Part.Wrap);

/// <summary>Turns profiles into frusta that look smooth where the profile bends gently.</summary>
internal static class Lathe
{
    /// <value>Cosine of 55 degrees: a sharper bend is a crease.</value>
    private const float Gentle = 0.574f;

    /// <summary>One frustum between each ring and the next, from below upwards.</summary>
    /// <param name="caps">1 closes the lowest end, 2 the uppermost.</param>
    /// <param name="label">Lower and upper end of the picture (v = 1 and v = 0); the profile's own where left out.</param>
    public static void Turn(this ModelParts parts, ReadOnlySpan<Ring> profile, Ink ink, int caps, (float Low, float High)? label = null)
    {
        var (low, high) = label ?? (profile[0].Height, profile[^1].Height);
        var last = profile.Length - 2;
        parts.Crease();
        for (var i = 0; i <= last; i++)
        {
            var (below, above) = (profile[i], profile[i + 1]);
            var normal = Normal(below, above);
            var before = i > 0 ? Normal(profile[i - 1], below) : normal;
            var after = i < last ? Normal(above, profile[i + 2]) : normal;
            if (i > 0 && !IsGentle(before, normal))
            {
                parts.Crease();
            }

            var height = above.Height - below.Height;
            var frustum = Solids.Frustum(
                Placing.None with { Origin = new Vector3(0, (below.Height + above.Height) / 2, 0) },
                below.Radius, above.Radius, height, (i == 0 ? caps & 1 : 0) | (i == last ? caps & 2 : 0), below.Part);
            frustum.Normal0Y = Slope(Shared(normal, before));
            frustum.Normal1Y = Slope(Shared(normal, after));
            frustum.V0 = 1 - ((below.Height - low) / (high - low));
            frustum.V1 = 1 - ((above.Height - low) / (high - low));
            parts.Add(frustum, ink);
        }
    }

    /// <summary>Outwards (X) and up (Y), as long as the piece: a ring's normal leans to the longer of its two pieces, which else would look bent all along.</summary>
    private static Vector2 Normal(Ring below, Ring above) => new(above.Height - below.Height, below.Radius - above.Radius);

    private static Vector2 Shared(Vector2 own, Vector2 next) => IsGentle(own, next) ? own + next : own;

    private static bool IsGentle(Vector2 a, Vector2 b) =>
        (a.X * b.X) + (a.Y * b.Y) >= Gentle * MathF.Sqrt(((a.X * a.X) + (a.Y * a.Y)) * ((b.X * b.X) + (b.Y * b.Y)));

    private static float Slope(Vector2 normal) => normal.Y / normal.X;
}
