using System.Numerics;

namespace Neuro.Kernels.Scenes.Models;

/// <summary>Bends chains of bones around a rectangle as a hand closes: joint after joint from the root, each until its bone lies on it.</summary>
internal static class Grasp
{
    /// <value>How deep flesh gives way, metres.</value>
    private const float Give = 0.0007f;

    private const double Step = Math.PI / 180;
    private const double Stretched = -60 * Step;

    /// <summary>The chain's joints from its root to its tip, and the directions of its bones. It runs along +x over the upper side and bends down.</summary>
    /// <param name="half">Half sizes of the rectangle around the origin, metres.</param>
    /// <param name="root">Where the chain begins.</param>
    /// <param name="limits">How far each joint can bend, radians.</param>
    /// <param name="cosine">Of the angle between the chain's plane and x: what the plane cuts is wider by its inverse, and slants.</param>
    public static Bent Close(Vector2 half, Vector2 root, ReadOnlySpan<Bone> bones, ReadOnlySpan<double> limits, float cosine = 1)
    {
        var bent = new Bent(new Vector2[bones.Length + 1], new Vector2[bones.Length]);
        bent.Joints[0] = root;
        var straight = 0.0;
        for (var i = 0; i < bones.Length; i++)
        {
            var angle = straight + Stretched;
            while (angle < straight + limits[i] && Clears(half, bent.Joints[i], Towards(angle + Step), bones[i], cosine))
            {
                angle += Step;
            }

            straight = angle;
            bent.Bones[i] = Towards(angle);
            bent.Joints[i + 1] = bent.Joints[i] + (bones[i].Length * bent.Bones[i]);
        }

        return bent;
    }

    /// <summary>As <see cref="Close"/>, the first joint left as open as lets the tip come furthest around the rectangle: a thumb that closes too early stays beside it.</summary>
    public static Bent Reach(Vector2 half, Vector2 root, ReadOnlySpan<Bone> bones, ReadOnlySpan<double> limits)
    {
        const int Openings = 12;
        Span<double> opened = stackalloc double[limits.Length];
        limits.CopyTo(opened);
        var best = default(Bent);
        var furthest = float.NegativeInfinity;
        for (var i = 0; i <= Openings; i++)
        {
            opened[0] = limits[0] * i / Openings;
            var bent = Close(half, root, bones, opened);
            var tip = bent.Joints[^1];
            var apart = MathF.Max(0, Distance(half, tip) - bones[^1].Tip);
            var around = tip.X - tip.Y - (4 * apart);
            if (around > furthest)
            {
                (best, furthest) = (bent, around);
            }
        }

        return best;
    }

    private static Vector2 Towards(double bend) => new((float)PortableMath.Cos(bend), -(float)PortableMath.Sin(bend));

    private static bool Clears(Vector2 half, Vector2 root, Vector2 direction, Bone bone, float cosine)
    {
        const int Probes = 8;
        for (var i = 1; i <= Probes; i++)
        {
            var share = i / (float)Probes;
            var flesh = bone.Root + (share * (bone.Tip - bone.Root));
            var at = root + (share * bone.Length * direction);
            if (Distance(half, new Vector2(cosine * at.X, at.Y)) < flesh - Give)
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>From the rectangle's edge, negative inside.</summary>
    private static float Distance(Vector2 half, Vector2 at)
    {
        var (x, y) = (MathF.Abs(at.X) - half.X, MathF.Abs(at.Y) - half.Y);
        var (outX, outY) = (MathF.Max(x, 0), MathF.Max(y, 0));
        return MathF.Sqrt((outX * outX) + (outY * outY)) + MathF.Min(MathF.Max(x, y), 0);
    }
}

/// <summary>A bone with its flesh: length, and radius at both ends, metres.</summary>
internal readonly record struct Bone(float Length, float Root, float Tip);

/// <summary>A bent chain: one more joint than bones; the bones' directions have unit length.</summary>
internal readonly record struct Bent(Vector2[] Joints, Vector2[] Bones);
