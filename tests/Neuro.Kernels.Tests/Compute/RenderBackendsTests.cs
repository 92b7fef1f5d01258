using Neuro.Kernels.Compute;

namespace Neuro.Kernels.Tests.Compute;

public sealed class RenderBackendsTests
{
    [Fact]
    public void Create_UnknownName_NamesTheKnownOnes()
    {
        var error = Should.Throw<BackendException>(() => RenderBackends.Create("abacus"));
        error.Code.ShouldBe("backend.unknown");
        error.Message.ShouldBe("There is no render backend 'abacus'. Known are cuda, simd512, simd256, simd128, scalar, opencl, ilgpu-cpu.");
    }

    [Fact]
    public void Create_NameInCapitals_IsTheSameBackend()
    {
        using var backend = RenderBackends.Create("SCALAR");
        backend.Name.ShouldBe("scalar");
    }

    [Fact]
    public void All_EachBackend_HasAReason() => RenderBackends.All.ShouldAllBe(info => info.Reason.Length > 0);
}
