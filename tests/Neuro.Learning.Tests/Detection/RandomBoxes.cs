using CsCheck;

namespace Neuro.Learning.Tests.Detection;

/// <summary>Boxes as corners, with sides of at least a pixel.</summary>
internal static class RandomBoxes
{
    public static Gen<float[]> One { get; } = Gen.Select(Gen.Float[0, 60], Gen.Float[0, 60], Gen.Float[1, 40], Gen.Float[1, 40], (x, y, w, h) =>
        new[] { x, y, x + w, y + h });

    public static Gen<float[]> Some(int least, int most) => One.Array[least, most].Select(boxes => boxes.SelectMany(box => box).ToArray());

    public static Neuro.Learning.Detection.Box Box(ReadOnlySpan<float> corners, int i) =>
        Neuro.Learning.Detection.Box.FromCorners(corners[4 * i], corners[4 * i + 1], corners[4 * i + 2], corners[4 * i + 3]);
}
