using System.Collections.Concurrent;
using Neuro.Kernels.Compute;
using Neuro.Kernels.Rendering;
using Neuro.Kernels.Scenes;
using Neuro.Kernels.Tests.Scenes;

namespace Neuro.Kernels.Tests.Compute;

/// <summary>What every backend must do: the same bits as one lane on the processor. A backend's class is three lines.</summary>
public abstract class BackendConformance
{
    // Compiling a kernel for a GPU takes seconds, so each backend is made once.
    private static readonly ConcurrentDictionary<string, Lazy<IRenderBackend>> Made = new();
    private static readonly IRenderBackend Reference = RenderBackends.Create("scalar");
    private readonly IRenderBackend backend;

    protected BackendConformance(string name)
    {
        var known = RenderBackends.All.Single(info => info.Name == name);
        Requires.True(known.Available, $"render backend {name}: {known.Reason}");
        backend = Made.GetOrAdd(name, _ => new Lazy<IRenderBackend>(() => RenderBackends.Create(name))).Value;
    }

    [Theory]
    [InlineData(96, 72, 1)]
    [InlineData(61, 37, 1)]
    [InlineData(50, 30, 4)]
    public void Render_ShelfScenes_GivesTheSameBitsAsOneLane(int width, int height, int samples)
    {
        for (var index = 0; index < 6; index++)
        {
            var scene = SceneBuilder.Build(TestShop.Recipe(width, height, samples), TestShop.Catalogue, 11, index);
            var (expected, actual) = (new Frame(width, height), new Frame(width, height));
            Reference.Render(scene, expected);
            backend.Render(scene, actual);

            actual.Ids.ShouldBe(expected.Ids);
            Bits(actual.Depth).ShouldBe(Bits(expected.Depth));
            Bits(actual.Normals).ShouldBe(Bits(expected.Normals));
            actual.Rgb.ShouldBe(expected.Rgb);
            actual.UnoccludedArea.ShouldBe(expected.UnoccludedArea);
        }
    }

    [Fact]
    public void Render_UsedFrame_LeavesNothingOfTheSceneBefore()
    {
        var (first, second) = (SceneBuilder.Build(TestShop.Recipe(), TestShop.Catalogue, 1, 0), SceneBuilder.Build(TestShop.Recipe(), TestShop.Catalogue, 1, 1));
        var (used, fresh) = (new Frame(96, 72), new Frame(96, 72));
        backend.Render(first, used);
        backend.Render(second, used);
        backend.Render(second, fresh);

        used.Ids.ShouldBe(fresh.Ids);
        used.Rgb.ShouldBe(fresh.Rgb);
        used.UnoccludedArea.ShouldBe(fresh.UnoccludedArea);
    }

    [Fact]
    public void Render_EmptyScene_IsBackgroundAtInfinity()
    {
        var built = SceneBuilder.Build(TestShop.Recipe(), TestShop.Catalogue, 1, 0);
        var empty = new Scene
        {
            Width = 20,
            Height = 10,
            Samples = 1,
            Seed = 1,
            Index = 0,
            Camera = built.Camera,
            Lighting = built.Lighting,
            Photometrics = built.Photometrics,
            Instances = [],
            Texels = [0],
        };
        var frame = new Frame(20, 10);
        backend.Render(empty, frame);

        frame.Ids.ShouldAllBe(id => id == 0);
        frame.Depth.ShouldAllBe(depth => float.IsPositiveInfinity(depth));
        frame.Normals.ShouldAllBe(component => component == 0);
    }

    [Fact]
    public void Render_FrameOfAnotherSize_SaysBothSizes() =>
        Should.Throw<ArgumentException>(() => backend.Render(SceneBuilder.Build(TestShop.Recipe(), TestShop.Catalogue, 1, 0), new Frame(8, 8)))
            .Message.ShouldContain("8×8 and the scene 96×72");

    private static int[] Bits(float[] values) => Array.ConvertAll(values, BitConverter.SingleToInt32Bits);
}

public sealed class Simd512BackendTests() : BackendConformance("simd512");

public sealed class Simd256BackendTests() : BackendConformance("simd256");

public sealed class ScalarBackendTests() : BackendConformance("scalar");

public sealed class IlgpuCpuBackendTests() : BackendConformance("ilgpu-cpu");

public sealed class OpenClBackendTests() : BackendConformance("opencl");
