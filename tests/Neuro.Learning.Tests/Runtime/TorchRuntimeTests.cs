using Neuro.Learning.Runtime;
using static TorchSharp.torch;

namespace Neuro.Learning.Tests.Runtime;

public sealed class TorchRuntimeTests
{
    [Fact]
    public void Load_CalledTwice_MultipliesMatrices()
    {
        TorchRuntime.Load();
        TorchRuntime.Load();

        using var scope = NewDisposeScope();
        var product = matmul(tensor([1f, 2f, 3f, 4f], [2, 2]), tensor([5f, 6f, 7f, 8f], [2, 2]));

        product.data<float>().ToArray().ShouldBe([19f, 22f, 43f, 50f]);
    }

    [Fact]
    public void Describe_NamesTorchSharpAndTheBinding()
    {
        TorchRuntime.Describe().ShouldContain("TorchSharp 0.");
        TorchRuntime.Describe().ShouldContain("binding");
    }
}
