using static TorchSharp.torch;

namespace Neuro.Learning.Detection;

/// <summary>Shapes are looked at in managed code: a wrong one would end the process in native code.</summary>
internal static class TensorShapes
{
    /// <param name="sizes">What is expected; −1 for any size.</param>
    /// <exception cref="ArgumentException">The tensor has another shape.</exception>
    public static void Require(Tensor tensor, string name, params ReadOnlySpan<long> sizes)
    {
        var fits = tensor.shape.Length == sizes.Length;
        for (var i = 0; fits && i < sizes.Length; i++)
        {
            fits = sizes[i] < 0 || tensor.shape[i] == sizes[i];
        }

        if (!fits)
        {
            var expected = string.Join(", ", sizes.ToArray().Select(size => size < 0 ? "any" : $"{size}"));
            throw new ArgumentException($"{name} has the shape [{string.Join(", ", tensor.shape)}]; expected [{expected}].");
        }
    }

    /// <exception cref="ArgumentException">The two differ in shape.</exception>
    public static void RequireSame(Tensor a, string nameA, Tensor b, string nameB)
    {
        if (!a.shape.AsSpan().SequenceEqual(b.shape))
        {
            throw new ArgumentException($"{nameA} has the shape [{string.Join(", ", a.shape)}], {nameB} [{string.Join(", ", b.shape)}]; they must be alike.");
        }
    }
}
