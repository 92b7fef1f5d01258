using System.Numerics;

namespace Neuro.Kernels.Artwork;

/// <summary>x ↦ X · x.X + Y · x.Y + Origin. The runtime's own matrices fuse multiplications where the processor can; these texels must not depend on it.</summary>
internal readonly record struct Affine(Vector2 X, Vector2 Y, Vector2 Origin)
{
    public static Affine Identity => new(Vector2.UnitX, Vector2.UnitY, Vector2.Zero);

    public float Determinant => X.X * Y.Y - X.Y * Y.X;

    public Vector2 At(Vector2 point) => X * point.X + Y * point.Y + Origin;

    /// <summary>First <paramref name="inner"/>, then this.</summary>
    public Affine After(Affine inner) => new(X * inner.X.X + Y * inner.X.Y, X * inner.Y.X + Y * inner.Y.Y, At(inner.Origin));
}
