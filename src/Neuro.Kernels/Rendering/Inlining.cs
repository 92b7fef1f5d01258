using System.Runtime.CompilerServices;

namespace Neuro.Kernels.Rendering;

/// <summary>Which methods of the kernel become functions of their own on the processor.</summary>
/// <remarks>
/// Small ones ask to be inlined. The JIT has a budget for each method it inlines into, and beyond it every vector operation becomes a call; with profile data it
/// inlines large methods too and runs out of budget in unforeseeable places (measured: 24 to 67 ms for the same picture). Compiled at once and without profile data, a
/// large method stays a function, and there is no slow first tier. Methods that refuse to be inlined would do as well, were it not for ILGPU: it needs to inline everything to
/// know each pointer's address space, and pays no attention to this flag.
/// </remarks>
internal static class Inlining
{
    public const MethodImplOptions Small = MethodImplOptions.AggressiveInlining;

    public const MethodImplOptions Function = MethodImplOptions.AggressiveOptimization;
}
