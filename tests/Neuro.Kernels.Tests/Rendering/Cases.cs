using CsCheck;

namespace Neuro.Kernels.Tests.Rendering;

/// <summary>Random cases that are the same in every run.</summary>
internal static class Cases
{
    public static IEnumerable<T> Of<T>(Gen<T> gen, int count)
    {
        for (var i = 0; i < count; i++)
        {
            yield return gen.Generate(new PCG(7, (ulong)i), null, out _);
        }
    }
}
