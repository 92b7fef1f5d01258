using Neuro.Kernels.Compute;

namespace Neuro.Kernels.Tests.Compute;

public sealed class RenderBackendsTests
{
    [Fact]
    public void Create_UnknownName_NamesTheKnownOnes()
    {
        var error = Should.Throw<BackendException>(() => RenderBackends.Create("abacus"));
        error.Code.ShouldBe("backend.unknown");
        error.Message.ShouldBe("There is no render backend 'abacus'. Known are simd512, simd256, scalar, opencl, ilgpu-cpu.");
    }

    [Fact]
    public void Create_EveryAvailableName_IsCalledThat()
    {
        foreach (var info in RenderBackends.All.Where(info => info.Available))
        {
            using var backend = RenderBackends.Create(info.Name.ToUpperInvariant());
            backend.Name.ShouldBe(info.Name);
        }
    }

    [Fact]
    public void All_EachBackend_HasAReason() => RenderBackends.All.ShouldAllBe(info => info.Reason.Length > 0);
}
