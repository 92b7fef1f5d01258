using Neuro.Kernels.Rendering;
using Neuro.Kernels.Scenes;

namespace Neuro.Kernels.Compute;

/// <summary>A machine that runs the render kernel. All backends give the same bits.</summary>
public interface IRenderBackend : IDisposable
{
    /// <summary>The name that <see cref="RenderBackends.Create"/> takes, e.g. <c>simd512</c>.</summary>
    string Name { get; }

    /// <summary>Renders <paramref name="scene"/> into <paramref name="frame"/> on the calling thread. Safe to call from many threads, each with its own frame.</summary>
    /// <exception cref="ArgumentException">The frame has another size than the scene.</exception>
    void Render(Scene scene, Frame frame);
}
