using System.Numerics;
using Neuro.Kernels.Labels;

namespace Neuro.Kernels.Scenes.Models;

/// <summary>Builds a hand of usual size, metres, in the axes of its grip.</summary>
internal sealed class Hand
{
    /// <value>From the knuckles to the wrist.</value>
    private const float PalmLength = 0.088f;

    /// <value>Half the palm's thickness.</value>
    private const float PalmRadius = 0.013f;

    /// <value>From the knuckles back to the root of the thumb.</value>
    private const float ThumbBack = 0.064f;

    private static readonly double[] FingerLimits = [1.5, 1.65, 1.1];
    private static readonly double[] ThumbLimits = [0.9, 1.0, 1.1];

    /// <summary>Index to little finger: the knuckle's place along and across the palm, then the bones from there to the middle of the tip.</summary>
    private static readonly (float Along, float Across, Bone[] Bones)[] Fingers =
    [
        (-0.003f, 0.030f, [new(0.043f, 0.0098f, 0.0088f), new(0.026f, 0.0088f, 0.0080f), new(0.017f, 0.0080f, 0.0072f)]),
        (0, 0.010f, [new(0.047f, 0.0100f, 0.0090f), new(0.029f, 0.0090f, 0.0082f), new(0.018f, 0.0082f, 0.0074f)]),
        (-0.004f, -0.010f, [new(0.044f, 0.0096f, 0.0086f), new(0.027f, 0.0086f, 0.0080f), new(0.018f, 0.0080f, 0.0072f)]),
        (-0.011f, -0.028f, [new(0.035f, 0.0088f, 0.0078f), new(0.021f, 0.0078f, 0.0072f), new(0.016f, 0.0072f, 0.0064f)]),
    ];

    private static readonly Bone[] Thumb = [new(0.042f, 0.0150f, 0.0118f), new(0.034f, 0.0118f, 0.0104f), new(0.022f, 0.0104f, 0.0088f)];

    private readonly ModelParts parts;
    private readonly Grip grip;
    private readonly Vector3 half;
    private readonly bool clasps;
    private readonly double lean;
    private readonly float slide, cos, sin;

    // In the hand's plane: the middle of the knuckles, and from there to the wrist.
    private readonly Vector2 knuckles, back;

    /// <param name="clasps">Around the product from behind; else the product lies on it.</param>
    /// <param name="lean">Turn of the hand's plane from the grip's first axis towards the third, radians.</param>
    /// <param name="slide">Place of the knuckles' middle along the grip's third axis.</param>
    public Hand(ModelParts parts, Grip grip, bool clasps, double lean, float slide)
    {
        (this.parts, this.grip, this.clasps, this.lean, this.slide) = (parts, grip, clasps, lean, slide);
        (cos, sin) = ((float)PortableMath.Cos(lean), (float)PortableMath.Sin(lean));
        half = grip.Size / grip.Scale;
        var reach = half.X / cos;
        knuckles = new Vector2(Knuckles(reach), half.Y + PalmRadius);
        // The palm closes on the product as a finger does, but backwards.
        var palm = Grasp.Close(new Vector2(half.X, half.Y), new Vector2(-knuckles.X, knuckles.Y), [new Bone(PalmLength, PalmRadius, PalmRadius)], [0.65], cos);
        back = new Vector2(-palm.Bones[0].X, palm.Bones[0].Y);
    }

    /// <summary>Where along its plane the hand is best, for a product that reaches this far to both sides.</summary>
    private float Knuckles(float reach)
    {
        if (!clasps)
        {
            // The fingers reach up over the edge.
            return reach - 0.03f;
        }

        // The thumb passes beside the product if its root does; at one edge of a wide product the palm is outside and turns around the edge.
        return half.X > 0.052f ? -0.006f - reach : MathF.Min(reach + 0.002f, ThumbBack + 0.004f - reach);
    }

    // Out of the back of the hand.
    private Vector2 Outwards => new(back.Y, -back.X);

    /// <param name="spread">Between neighbouring fingers, radians.</param>
    public void Build(double spread)
    {
        parts.Crease();
        AddRound(Spot(knuckles + (0.038f * back) + (0.002f * Outwards), 0), Flat(back), Flat(Outwards), new Vector3(0.043f, 0.056f, 0.013f), Ink.Skin);
        AddBone(Knuckle(0), Knuckle(3), new Bone(0, 0.0096f, 0.0086f), Ink.Skin, caps: 0);
        AddArm(clasps ? new Vector3(-0.45f, 0.12f, -0.88f) : new Vector3(-0.84f, 0.54f, 0));
        for (var finger = 0; finger < Fingers.Length; finger++)
        {
            AddFinger(finger, lean + ((1.5 - finger) * spread));
        }

        var root = Spot(knuckles + (ThumbBack * back) + (0.004f * Outwards), clasps ? 0.014f : 0.02f);
        if (clasps)
        {
            AddClaspingThumb(root);
        }
        else
        {
            AddLyingThumb(root);
        }
    }

    private void AddArm(Vector3 direction)
    {
        direction = Solids.Unit(direction);
        var wrist = Spot(knuckles + (PalmLength * back) + (0.015f * Outwards), 0);
        AddRound(wrist, direction, Flat(Outwards), new Vector3(0.0265f, 0.03f, 0.0262f), Ink.Skin);
        AddBone(wrist, wrist + (0.14f * direction), new Bone(0.14f, 0.026f, 0.032f), Ink.Skin, caps: 0);
        parts.Crease();
        AddBone(wrist + (0.1f * direction), wrist + (0.6f * direction), new Bone(0.5f, 0.037f, 0.048f), Ink.Sleeve, caps: 3);
    }

    /// <summary>Bends in a plane of its own, which has the finger's lean.</summary>
    private void AddFinger(int finger, double turn)
    {
        var (c, s) = ((float)PortableMath.Cos(turn), (float)PortableMath.Sin(turn));
        var knuckle = Knuckle(finger);
        var start = knuckle.X / c;
        var bones = Fingers[finger].Bones;
        var bent = Grasp.Close(new Vector2(half.X, half.Y), new Vector2(start, knuckle.Y), bones, FingerLimits, c);
        AddDigit(
            bones,
            [.. bent.Joints.Select(joint => new Vector3(c * joint.X, joint.Y, knuckle.Z + (s * (joint.X - start))))],
            direction => new Vector3(c * direction.X, direction.Y, s * direction.X),
            bent.Bones[^1]);
    }

    /// <summary>Around the side where the fingers are not, to the front.</summary>
    private void AddClaspingThumb(Vector3 root)
    {
        var bent = Grasp.Reach(new Vector2(half.Y, half.X), new Vector2(-root.Y, -root.X), Thumb, ThumbLimits);
        float[] rise = [0, 0.018f, 0.029f, 0.035f];
        AddDigit(Thumb, [.. bent.Joints.Select((joint, i) => new Vector3(-joint.Y, -joint.X, root.Z + rise[i]))], direction => new Vector3(-direction.Y, -direction.X, 0), bent.Bones[^1]);
    }

    /// <summary>Below the product, and up its side where it reaches that far.</summary>
    private void AddLyingThumb(Vector3 root)
    {
        var bent = Grasp.Close(new Vector2(half.Z, half.Y), new Vector2(root.Z, root.Y), Thumb, ThumbLimits);
        float[] rise = [0, 0.022f, 0.034f, 0.04f];
        AddDigit(Thumb, [.. bent.Joints.Select((joint, i) => new Vector3(root.X + rise[i], joint.Y, joint.X))], direction => new Vector3(0, direction.Y, direction.X), bent.Bones[^1]);
    }

    /// <summary>Bones with round joints, a fingertip, and the nail on its outer side.</summary>
    private void AddDigit(Bone[] bones, Vector3[] joints, Func<Vector2, Vector3> turned, Vector2 last)
    {
        var (along, outwards) = (turned(last), turned(new Vector2(-last.Y, last.X)));
        parts.Crease();
        for (var i = 0; i < bones.Length; i++)
        {
            AddRound(joints[i], along, outwards, new Vector3(bones[i].Root), Ink.Skin);
            AddBone(joints[i], joints[i + 1], bones[i], Ink.Skin, caps: 0);
        }

        var (tip, radius) = (joints[^1], bones[^1].Tip);
        AddRound(tip, along, outwards, new Vector3(radius, 1.2f * radius, radius), Ink.Skin);
        parts.Crease();
        AddRound(tip + (0.8f * radius * outwards), along, outwards, new Vector3(0.72f, 0.95f, 0.28f) * radius, Ink.Nail);
    }

    private Vector3 Knuckle(int finger) => Spot(knuckles + new Vector2(Fingers[finger].Along, 0), Fingers[finger].Across);

    /// <summary>From the hand's plane to the grip's axes.</summary>
    private Vector3 Spot(Vector2 place, float across) => new(
        (cos * place.X) - (sin * across),
        place.Y,
        slide + (sin * (place.X - knuckles.X)) + (cos * across));

    private Vector3 Flat(Vector2 direction) => new(cos * direction.X, direction.Y, sin * direction.X);

    private void AddBone(Vector3 from, Vector3 to, Bone bone, Ink ink, int caps)
    {
        var (a, b) = (grip.Point(from), grip.Point(to));
        var axis = Solids.Unit(b - a);
        var aside = Solids.Unit(Vectors.Cross(axis, MathF.Abs(axis.Y) < 0.7f ? Vector3.UnitY : Vector3.UnitX));
        var placing = new Placing((a + b) * 0.5f, aside, axis, Vectors.Cross(aside, axis));
        parts.Add(Solids.Frustum(placing, grip.Scale * bone.Root, grip.Scale * bone.Tip, Vectors.Length(b - a), caps, Part.None), ink);
    }

    /// <summary>An ellipsoid.</summary>
    /// <param name="size">Half sizes across, along and out of the hand.</param>
    private void AddRound(Vector3 at, Vector3 along, Vector3 outwards, Vector3 size, Ink ink)
    {
        var up = Solids.Unit(grip.Direction(along));
        var aside = Solids.Unit(Vectors.Cross(up, grip.Direction(outwards)));
        parts.Add(Solids.Ellipsoid(new Placing(grip.Point(at), aside, up, Vectors.Cross(aside, up)), grip.Scale * size, Part.None), ink);
    }
}
