using System.Numerics;

namespace Neuro.Kernels.Scenes.Models;

/// <summary>A hand that holds a product, with wrist, forearm and sleeve.</summary>
internal static class HandModel
{
    /// <summary>The parts of a left or right hand around a product of this size, in the product's axes; the same draws give the same hand.</summary>
    /// <remarks>
    /// What a hand can span it holds from behind: palm on the back, fingers around one side, the thumb around the other, the forearm downwards.
    /// Of what is too wide it takes one edge between thumb and fingers; what is too thick lies on its palm, the forearm backwards.
    /// </remarks>
    /// <param name="size">Width, height, depth in metres.</param>
    public static IReadOnlyList<ModelPart> Holding(Vector3 size, ref CounterRandom random)
    {
        var half = size / 2;
        var side = random.NextUnit() < 0.5 ? -1f : 1f;
        var scale = (float)random.NextUniform(0.94, 1.06);
        var (lean, slide, spread) = (random.NextUnit(), (float)random.NextUniform(-1, 1), Degrees(random.NextUniform(1, 4)));
        var parts = new ModelParts();
        var clasps = size.Z <= 0.06f || (size.Z <= 0.085f && size.X <= 0.1f);
        var hand = clasps
            ? new Hand(parts, new Grip(new Vector3(half.X, half.Z, half.Y), side * Vector3.UnitX, -Vector3.UnitZ, Vector3.UnitY, scale), clasps, Degrees(18 + (16 * lean)), 0.25f * half.Y * slide)
            : new Hand(parts, new Grip(new Vector3(half.Z, half.Y, half.X), Vector3.UnitZ, -Vector3.UnitY, side * Vector3.UnitX, scale), clasps, Degrees(8 * (lean - 0.5)), 0.15f * half.X * slide);
        hand.Build(spread);
        return parts.ToArray();
    }

    private static double Degrees(double degrees) => degrees * Math.PI / 180;
}

/// <summary>A product as the hand has it: the fingers lie along the first axis on the side that the second axis points out of, the index finger foremost along the third.</summary>
/// <remarks>A large hand is one of usual size on a smaller product: lengths in the grip's axes are divided by <paramref name="Scale"/>.</remarks>
/// <param name="Size">Half sizes along the three axes, metres.</param>
internal sealed record Grip(Vector3 Size, Vector3 Along, Vector3 Out, Vector3 Across, float Scale)
{
    public Vector3 Direction(Vector3 d) => (Along * d.X) + (Out * d.Y) + (Across * d.Z);

    public Vector3 Point(Vector3 p) => Direction(p) * Scale;
}
