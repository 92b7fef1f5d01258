using System.Numerics;
using Neuro.Kernels.Labels;
using Neuro.Kernels.Recipes;
using Neuro.Kernels.Rendering;

namespace Neuro.Kernels.Scenes.Models;

/// <summary>Bottles, jars, cans and tubs: surfaces of revolution that stand on y = −½ height.</summary>
internal static class Vessels
{
    /// <value>How far a label band lies outside the glass, metres.</value>
    private const float Band = 0.0003f;

    /// <summary>Body, shoulder, neck; a crown cork on tinted glass, else a screw cap.</summary>
    public static void Bottle(ModelParts parts, Vector3 size, Finish finish)
    {
        var (foot, top, widest) = Extent(size);
        var radius = finish is Finish.Opaque ? widest : widest - (2 * Band);
        var neck = MathF.Min(0.42f * radius, MathF.Max(0.0135f, 0.26f * radius));
        var crown = finish is Finish.Tinted;
        var cap = crown ? MathF.Min(0.05f * size.Y, 0.0075f) : MathF.Min(0.1f * size.Y, MathF.Max(0.012f, 0.055f * size.Y));
        var mouth = top - cap;
        var throat = mouth - ((crown ? 0.13f : 0.04f) * size.Y);
        var shoulder = throat - MathF.Min(0.26f * size.Y, 1.6f * radius);
        var bevel = foot + MathF.Min(0.03f * size.Y, 0.14f * radius);
        Ring[] profile =
        [
            new(foot, 0.9f * radius), new(bevel, radius), new(shoulder, radius, Part.Neck),
            Between(0.25f), Between(0.5f), Between(0.75f), new(throat, neck, Part.Neck), new(mouth, 0.95f * neck),
        ];
        if (finish is Finish.Opaque)
        {
            parts.Turn(profile, Ink.Wrap, 1);
        }
        else
        {
            parts.Turn(profile, Ink.Glass, 1);
            var body = shoulder - bevel;
            parts.Turn([new(bevel + (0.1f * body), radius + Band), new(shoulder - (0.06f * body), radius + Band)], Ink.Wrap, 0);
            Fill(parts, profile.AsSpan(1, 4), radius);
        }

        if (crown)
        {
            // The skirt of a crown cork flares, its top is a shallow dome.
            var (skirt, edge) = (mouth - (0.2f * cap), top - (0.25f * cap));
            parts.Turn([new(skirt, 1.25f * neck, Part.Cap), new(edge, 1.05f * neck, Part.Cap), new(top, 0.8f * neck, Part.Cap)], Ink.Cap, 3);
            return;
        }

        var collar = mouth - MathF.Min(0.003f, 0.02f * size.Y);
        parts.Turn([new(collar, 1.16f * neck, Part.Cap), new(mouth, 1.16f * neck, Part.Cap)], Ink.Cap, 3);
        Lid(parts, mouth, top, 1.1f * neck, Ink.Cap);

        Ring Between(float share) =>
            new(shoulder + (share * (throat - shoulder)), neck + ((radius - neck) * (0.5f + (0.5f * (float)PortableMath.Cos(Math.PI * share)))), Part.Neck);
    }

    /// <summary>A wide body, a short shoulder, a metal lid.</summary>
    public static void Jar(ModelParts parts, Vector3 size, Finish finish)
    {
        var (foot, top, widest) = Extent(size);
        var radius = finish is Finish.Opaque ? widest : widest - (2 * Band);
        var lid = top - MathF.Min(0.2f * size.Y, MathF.Max(0.012f, 0.14f * size.Y));
        var shoulder = lid - MathF.Min(0.14f * size.Y, 0.4f * radius);
        var bevel = foot + MathF.Min(0.06f * size.Y, 0.14f * radius);
        Ring[] profile =
        [
            new(foot, 0.88f * radius), new(bevel, radius), new(shoulder, radius, Part.Neck),
            new(shoulder + (0.4f * (lid - shoulder)), 0.975f * radius, Part.Neck), new(shoulder + (0.75f * (lid - shoulder)), 0.92f * radius, Part.Neck), new(lid, 0.86f * radius),
        ];
        if (finish is Finish.Opaque)
        {
            parts.Turn(profile, Ink.Wrap, 1);
        }
        else
        {
            parts.Turn(profile, Ink.Glass, 1);
            var body = shoulder - bevel;
            parts.Turn([new(bevel + (0.14f * body), radius + Band), new(shoulder - (0.12f * body), radius + Band)], Ink.Wrap, 0);
            Fill(parts, profile.AsSpan(1, 4), radius);
        }

        Lid(parts, lid, top, 0.92f * radius, Ink.Metal);
    }

    /// <summary>Narrowed at both ends: much where it is slender as a drink can is, a little where it is squat. The lid lies below the rim's edge.</summary>
    public static void Can(ModelParts parts, Vector3 size)
    {
        var (foot, top, radius) = Extent(size);
        var end = size.Y > 3 * radius ? 0.82f * radius : 0.96f * radius;
        var (rim, edge) = (MathF.Min(0.0035f, 0.04f * size.Y), 1.03f * end);
        var (low, high) = (foot + rim, top - rim);
        var taper = MathF.Min(0.1f * size.Y, 1.1f * (radius - end));
        Ring[] wrap =
        [
            new(low, 0.98f * end), new(low + (0.5f * taper), (0.42f * end) + (0.58f * radius)), new(low + taper, radius), new(high - taper, radius),
            new(high - (0.5f * taper), (0.42f * end) + (0.58f * radius)), new(high, 0.98f * end),
        ];
        parts.Turn([new(foot, 0.93f * edge), new(foot + (0.4f * rim), edge), new(low, edge)], Ink.Metal, 3);
        parts.Turn(wrap, Ink.Wrap, 0);
        parts.Turn([new(high, edge), new(top, edge)], Ink.Metal, 1);
        // A ring around the raised middle of the lid.
        parts.Turn([new(high, 0.97f * edge), new(high + (0.35f * rim), 0.97f * edge)], Ink.Metal, 2);
        parts.Turn([new(high + (0.35f * rim), 0.86f * edge), new(high + (0.6f * rim), 0.8f * edge)], Ink.Metal, 2);
    }

    /// <summary>Wider at the top, with a lid that overhangs.</summary>
    public static void Tub(ModelParts parts, Vector3 size)
    {
        var (foot, top, radius) = Extent(size);
        var lid = top - MathF.Min(0.2f * size.Y, MathF.Max(0.007f, 0.08f * size.Y));
        var bevel = foot + MathF.Min(0.05f * size.Y, 0.06f * radius);
        parts.Turn([new(foot, 0.77f * radius), new(bevel, 0.82f * radius), new(lid, 0.95f * radius)], Ink.Wrap, 1);
        var edge = top - (0.25f * (top - lid));
        parts.Turn([new(lid, radius, Part.Cap), new(edge, 0.99f * radius, Part.Cap), new(edge + (0.6f * (top - edge)), 0.94f * radius, Part.Cap)], Ink.Lid, 3);
        parts.Turn([new(edge + (0.5f * (top - edge)), 0.86f * radius, Part.Cap), new(top, 0.84f * radius, Part.Cap)], Ink.Lid, 2);
    }

    /// <summary>What is in a vessel: as its glass from the bevel up to the last ring given, but smaller by the wall.</summary>
    private static void Fill(ModelParts parts, ReadOnlySpan<Ring> glass, float radius)
    {
        var wall = MathF.Min(0.0032f, MathF.Max(0.0023f, 0.12f * radius));
        var inner = new Ring[glass.Length];
        for (var i = 0; i < inner.Length; i++)
        {
            inner[i] = glass[i] with { Radius = MathF.Max(glass[i].Radius - wall, 0.3f * glass[i].Radius) };
        }

        parts.Turn(inner, Ink.Contents, 3);
    }

    /// <summary>A lid with a bevelled edge.</summary>
    private static void Lid(ModelParts parts, float low, float top, float radius, Ink ink)
    {
        var edge = top - (0.18f * (top - low));
        parts.Turn([new(low, radius, Part.Cap), new(edge, 0.985f * radius, Part.Cap), new(top, 0.93f * radius, Part.Cap)], ink, 3);
    }

    private static (float Foot, float Top, float Radius) Extent(Vector3 size) => (-size.Y / 2, size.Y / 2, MathF.Min(size.X, size.Z) / 2);
}
