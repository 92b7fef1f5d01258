using System.Numerics;
using Neuro.Kernels.Labels;
using Neuro.Kernels.Rendering;

namespace Neuro.Kernels.Scenes.Models;

/// <summary>Cartons that are more than a box.</summary>
/// <remarks>
/// A roof's picture (<see cref="Ink.Top"/>) stands upright as seen from the front: v = 1 at the eaves of the front slope, v = 0 at the ridge, u from left to right.
/// The back slope shows the same picture, upright and from left to right as seen from behind.
/// </remarks>
internal static class Cartons
{
    /// <value>Thickness of carton that is folded over, metres.</value>
    private const float Fold = 0.0005f;

    /// <summary>A box, the seam that lies flat on its top, and the two ears folded down on its sides.</summary>
    public static void Brick(ModelParts parts, Vector3 size)
    {
        var seam = MathF.Min(0.0012f, 0.02f * size.Y);
        var (width, height) = (size.X - (2 * Fold), size.Y - seam);
        parts.AddApart(Solids.Box(At(0, -seam / 2, 0), width, height, size.Z), Ink.Faces);
        var flap = MathF.Min(0.009f, 0.25f * size.Z);
        parts.AddApart(Solids.Box(At(0, (size.Y / 2) - (seam / 2), flap / 2), width, seam, flap, Part.Seam), Ink.Seam);
        var (top, tip) = ((size.Y / 2) - seam, (size.Y / 2) - seam - MathF.Min(size.Z / 2, 0.4f * size.Y));
        for (var side = -1; side <= 1; side += 2)
        {
            var (inner, outer) = (side * (width / 2), side * (size.X / 2));
            var (front, back) = (new Corner(new Vector3(outer, top, size.Z * 0.48f)), new Corner(new Vector3(outer, top, size.Z * -0.48f)));
            var point = new Corner(new Vector3((inner + outer) / 2, tip, 0));
            parts.AddApart(side > 0 ? Solids.Triangle(front, point, back, Part.Seam) : Solids.Triangle(back, point, front, Part.Seam), Ink.Seam);
        }
    }

    /// <summary>A box with a roof whose ridge runs from left to right, its ends folded in, and the sealed fin on the ridge.</summary>
    public static void GableTop(ModelParts parts, Vector3 size, float roofShare, bool withCap)
    {
        var roof = Roof(size, roofShare, out var fin);
        var (eaves, ridge, top) = ((size.Y / 2) - roof, (size.Y / 2) - fin, size.Y / 2);
        var (right, front) = (size.X / 2, size.Z / 2);
        parts.AddApart(Solids.Box(At(0, -roof / 2, 0), size.X, size.Y - roof, size.Z), Ink.Faces);
        Slope(parts, right, right, eaves, ridge, front, 0, Part.Roof);
        Slope(parts, -right, -right, eaves, ridge, -front, 0, Part.Roof);
        // The end's own panel keeps its length when it is folded under the slopes, so its tip is half a depth away from the end.
        var inset = 0.9f * MathF.Min(right, front);
        for (var side = -1; side <= 1; side += 2)
        {
            var tip = new Corner(new Vector3(side * (right - inset), ridge, 0));
            var (near, far) = (new Corner(new Vector3(side * right, eaves, side * front)), new Corner(new Vector3(side * right, eaves, side * -front)));
            parts.Crease();
            parts.AddTriangle(near, far, tip, Part.Roof, Ink.Seam);
        }

        const float Root = 0.001f;
        parts.AddApart(Solids.Box(At(0, (ridge + top - Root) / 2, 0), size.X, top - ridge + Root, MathF.Min(0.0024f, 0.1f * size.Z), Part.Seam), Ink.Seam);
        if (withCap)
        {
            SlopeCap(parts, size, eaves, ridge, 0);
        }
    }

    /// <summary>A box whose top slopes from its back edge down to the front, with a screw cap on the slope.</summary>
    public static void SlantTop(ModelParts parts, Vector3 size)
    {
        var drop = MathF.Min(0.45f * size.Z, 0.25f * size.Y);
        var (eaves, top, right, front) = ((size.Y / 2) - drop, size.Y / 2, size.X / 2, size.Z / 2);
        parts.AddApart(Solids.Box(At(0, -drop / 2, 0), size.X, size.Y - drop, size.Z), Ink.Faces);
        parts.Crease();
        Half(eaves, (eaves + top) / 2, front, 0, 1, Ink.Top);
        Half((eaves + top) / 2, top, 0, -front, 0.5f, Ink.BackOfTop);
        for (var side = -1; side <= 1; side += 2)
        {
            parts.Crease();
            parts.AddTriangle(
                new Corner(new Vector3(side * right, eaves, side * front)), new Corner(new Vector3(side * right, eaves, side * -front)), new Corner(new Vector3(side * right, top, -front)), Part.Roof, Ink.Seam);
        }

        parts.Crease();
        parts.AddQuad(
            new Corner(new Vector3(right, eaves, -front)), new Corner(new Vector3(-right, eaves, -front)),
            new Corner(new Vector3(-right, top, -front)), new Corner(new Vector3(right, top, -front)), Part.Roof, Ink.Seam);
        SlopeCap(parts, size, eaves, top, -front);

        void Half(float low, float high, float outer, float inner, float v, Ink ink) => parts.AddQuad(
            new Corner(new Vector3(-right, low, outer), 0, v), new Corner(new Vector3(right, low, outer), 1, v),
            new Corner(new Vector3(right, high, inner), 1, v - 0.5f), new Corner(new Vector3(-right, high, inner), 0, v - 0.5f), Part.Roof, ink);
    }

    /// <summary>A box with shoulders that lead to a wide neck with a cap, half as wide as the box.</summary>
    public static void Bottle(ModelParts parts, Vector3 size, float roofShare)
    {
        var roof = size.Y * (roofShare > 0 ? Math.Clamp(roofShare, 0.08f, 0.6f) : 0.22f);
        var (right, front) = (size.X / 2, size.Z / 2);
        var neck = MathF.Min(right, front) * 0.52f;
        var plate = neck * 1.1f;
        var (eaves, shoulder, collar, top) = ((size.Y / 2) - roof, (size.Y / 2) - (0.42f * roof), (size.Y / 2) - (0.36f * roof), size.Y / 2);
        parts.AddApart(Solids.Box(At(0, -roof / 2, 0), size.X, size.Y - roof, size.Z), Ink.Faces);
        Slope(parts, right, plate, eaves, shoulder, front, plate, Part.Neck);
        Slope(parts, -right, -plate, eaves, shoulder, -front, -plate, Part.Neck);
        for (var side = -1; side <= 1; side += 2)
        {
            parts.Crease();
            parts.AddQuad(
                new Corner(new Vector3(side * right, eaves, side * front)), new Corner(new Vector3(side * right, eaves, side * -front)),
                new Corner(new Vector3(side * plate, shoulder, side * -plate)), new Corner(new Vector3(side * plate, shoulder, side * plate)), Part.Neck, Ink.Seam);
        }

        parts.AddApart(Solids.Box(At(0, shoulder, 0), 2 * plate, 0.001f, 2 * plate, Part.Neck), Ink.Seam);
        parts.AddApart(Solids.Frustum(At(0, (shoulder + collar) / 2, 0), neck * 1.06f, neck * 1.06f, collar - shoulder, 2, Part.Cap), Ink.Cap);
        parts.AddApart(Solids.Frustum(At(0, (collar + top) / 2, 0), neck, neck * 0.97f, top - collar, 2, Part.Cap), Ink.Cap);
    }

    /// <summary>Height of a gable roof with its fin, which stands <paramref name="fin"/> above the ridge. The usual slope is 35 to 60 degrees.</summary>
    private static float Roof(Vector3 size, float roofShare, out float fin)
    {
        if (roofShare > 0)
        {
            var given = Math.Clamp(roofShare, 0.05f, 0.6f) * size.Y;
            fin = MathF.Min(0.016f, 0.3f * given);
            return given;
        }

        fin = MathF.Min(0.016f, 0.06f * size.Y);
        var rise = Math.Clamp((0.17f * size.Y) - fin, 0.72f * size.Z / 2, 1.7f * size.Z / 2);
        return MathF.Min(rise, 0.5f * size.Y) + fin;
    }

    /// <summary>The front slope of a roof, or the back slope where all but the heights are negative.</summary>
    private static void Slope(ModelParts parts, float low, float high, float eaves, float ridge, float outer, float inner, Part part)
    {
        var narrow = high / (2 * low);
        parts.Crease();
        parts.AddQuad(
            new Corner(new Vector3(-low, eaves, outer), 0, 1), new Corner(new Vector3(low, eaves, outer), 1, 1),
            new Corner(new Vector3(high, ridge, inner), 0.5f + narrow, 0), new Corner(new Vector3(-high, ridge, inner), 0.5f - narrow, 0), part, Ink.Top);
    }

    /// <summary>A screw cap of up to 16 mm radius on the middle of the front slope, on a ring a little wider; smaller where it would leave the carton's box.</summary>
    /// <param name="inner">Depth at which the slope ends.</param>
    private static void SlopeCap(ModelParts parts, Vector3 size, float eaves, float ridge, float inner)
    {
        const float Radius = 0.016f, Ring = 0.0175f, RingHeight = 0.002f, Height = 0.014f;
        var (rise, run) = (ridge - eaves, (size.Z / 2) - inner);
        var normal = Solids.Unit(new Vector3(0, run, rise));
        var middle = new Vector3(0, (eaves + ridge) / 2, ((size.Z / 2) + inner) / 2);
        var room = MathF.Min(
            ((size.Y / 2) - middle.Y) / ((Height * normal.Y) + (Ring * normal.Z)),
            ((size.Z / 2) - middle.Z) / ((Height * normal.Z) + (Ring * normal.Y)));
        var scale = MathF.Min(1, MathF.Min(room, 0.8f * size.X / (2 * Ring)));
        var slope = new Placing(middle, Vector3.UnitX, normal, new Vector3(0, -normal.Z, normal.Y));
        // Both reach through the carton a little, so that no light is seen below.
        const float Root = 0.001f;
        parts.AddApart(OnSlope(slope, -Root, RingHeight * scale, Ring * scale, Ring * scale), Ink.Cap);
        parts.AddApart(OnSlope(slope, 0, Height * scale, Radius * scale, 0.97f * Radius * scale), Ink.Cap);
    }

    private static Primitive OnSlope(Placing slope, float from, float to, float low, float high) =>
        Solids.Frustum(slope with { Origin = slope.Point(new Vector3(0, (from + to) / 2, 0)) }, low, high, to - from, 2, Part.Cap);

    private static Placing At(float x, float y, float z) => Placing.None with { Origin = new Vector3(x, y, z) };
}
