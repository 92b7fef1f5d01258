using System.Collections.Concurrent;
using Neuro.Kernels.Compute;
using Neuro.Kernels.Rendering;
using Neuro.Kernels.Scenes;
using Neuro.Kernels.Tests.Scenes;

namespace Neuro.Kernels.Tests.Compute;

/// <summary>What every backend must do: the same bits as one lane on the processor, a GPU of another maker within a stated tolerance. A backend's class is three lines.</summary>
public abstract class BackendConformance
{
    // Compiling a kernel for a GPU takes seconds, so each backend is made once.
    private static readonly ConcurrentDictionary<string, Lazy<IRenderBackend>> Made = new();
    private static readonly IRenderBackend Reference = RenderBackends.Create("scalar");
    private readonly IRenderBackend backend;

    /// <param name="name">Of the backend.</param>
    /// <param name="requires">What is done where it cannot run; without one, a skip that CI does not allow.</param>
    protected BackendConformance(string name, Action<bool, string>? requires = null)
    {
        var known = RenderBackends.All.Single(info => info.Name == name);
        (requires ?? Requires.True)(known.Available, $"render backend {name}: {known.Reason}");
        backend = Made.GetOrAdd(name, _ => new Lazy<IRenderBackend>(() => RenderBackends.Create(name))).Value;
    }

    public static TheoryData<string> Scenes => [.. ConformanceScenes.Names];

    [Theory]
    [MemberData(nameof(Scenes))]
    public void Render_AnyKindOfScene_GivesWhatOneLaneGives(string kind)
    {
        for (var index = 0; index < 2; index++)
        {
            var scene = ConformanceScenes.Build(kind, index);
            var (expected, actual) = (new Frame(scene.Width, scene.Height, FrameMaps.All), new Frame(scene.Width, scene.Height, FrameMaps.All));
            Reference.Render(scene, expected);
            backend.Render(scene, actual);
            Agree(expected, actual);
        }
    }

    [Theory]
    [InlineData(61, 37, 1)]
    [InlineData(17, 16, 4)]
    public void Render_SizeThatNoPacketDivides_GivesWhatOneLaneGives(int width, int height, int samples)
    {
        var scene = SceneBuilder.Build(TestShop.Recipe(width, height, samples), TestShop.Catalogue, 11, 2);
        var (expected, actual) = (new Frame(width, height), new Frame(width, height));
        Reference.Render(scene, expected);
        backend.Render(scene, actual);
        Agree(expected, actual);
    }

    [Fact]
    public void Render_SceneWithoutMapsOrSilhouettes_GivesTheSamePictureAsWithThem()
    {
        var scene = ConformanceScenes.Build("shelf", 3);
        var (with, without) = (new Frame(scene.Width, scene.Height, FrameMaps.Parts | FrameMaps.Uv), new Frame(scene.Width, scene.Height));
        backend.Render(scene, with);
        backend.Render(scene, without);

        without.Rgb.ShouldBe(with.Rgb);
        without.Ids.ShouldBe(with.Ids);
        Bits(without.Depth).ShouldBe(Bits(with.Depth));
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

    /// <summary>Every picture and every silhouette, bit for bit.</summary>
    private protected virtual void Agree(Frame expected, Frame actual)
    {
        actual.Ids.ShouldBe(expected.Ids);
        Bits(actual.Depth).ShouldBe(Bits(expected.Depth));
        Bits(actual.Normals).ShouldBe(Bits(expected.Normals));
        actual.Rgb.ShouldBe(expected.Rgb);
        actual.Parts.ShouldBe(expected.Parts);
        actual.Albedo.ShouldBe(expected.Albedo);
        actual.Shadow.ShouldBe(expected.Shadow);
        Bits(actual.Irradiance ?? []).ShouldBe(Bits(expected.Irradiance ?? []));
        Bits(actual.Uv ?? []).ShouldBe(Bits(expected.Uv ?? []));
        actual.Silhouettes.ShouldBe(expected.Silhouettes);
    }

    private static int[] Bits(float[] values) => Array.ConvertAll(values, BitConverter.SingleToInt32Bits);
}

public sealed class Simd512BackendTests() : BackendConformance("simd512");

public sealed class Simd256BackendTests() : BackendConformance("simd256");

public sealed class Simd128BackendTests() : BackendConformance("simd128");

public sealed class ScalarBackendTests() : BackendConformance("scalar");

public sealed class IlgpuCpuBackendTests() : BackendConformance("ilgpu-cpu");

public sealed class OpenClBackendTests() : BackendConformance("opencl");

/// <summary>A GPU that fuses multiplications with additions: the same picture but for rounding.</summary>
public sealed class CudaBackendTests() : BackendConformance("cuda", Requires.AtHand)
{
    private const float DepthTolerance = 1e-4f;

    // Where two surfaces tie, or an edge runs through the middle of a pixel, all that is seen there differs.
    private const double Share = 0.999;

    private protected override void Agree(Frame expected, Frame actual)
    {
        var near = Enumerable.Range(0, expected.Ids.Length).Count(i => Near(expected.Depth[i], actual.Depth[i], DepthTolerance * expected.Depth[i]));
        near.ShouldBeGreaterThanOrEqualTo((int)(Share * expected.Depth.Length));
        for (var i = 0; i < expected.Ids.Length; i++)
        {
            (actual.Ids[i] == expected.Ids[i] || Near(expected.Depth[i], actual.Depth[i], DepthTolerance * expected.Depth[i]))
                .ShouldBeTrue($"Pixel {i} shows {actual.Ids[i]} at {actual.Depth[i]} m and not {expected.Ids[i]} at {expected.Depth[i]} m: no tie.");
        }

        Mostly([.. expected.Rgb.Select(value => (float)value)], [.. actual.Rgb.Select(value => (float)value)], 2);
        Mostly(expected.Normals, actual.Normals, 1e-3f);
        Mostly([.. (expected.Albedo ?? []).Select(value => (float)value)], [.. (actual.Albedo ?? []).Select(value => (float)value)], 2);
        Mostly([.. (expected.Shadow ?? []).Select(value => (float)value)], [.. (actual.Shadow ?? []).Select(value => (float)value)], 2);
        Mostly([.. (expected.Parts ?? []).Select(value => (float)value)], [.. (actual.Parts ?? []).Select(value => (float)value)], 0);
        Mostly(expected.Irradiance ?? [], actual.Irradiance ?? [], 0.01f);
        Mostly(expected.Uv ?? [], actual.Uv ?? [], 1e-3f);
        for (var id = 1; id < expected.UnoccludedArea.Count; id++)
        {
            actual.UnoccludedArea[id].ShouldBeInRange(expected.UnoccludedArea[id] - 2, expected.UnoccludedArea[id] + 2);
        }
    }

    private static void Mostly(float[] expected, float[] actual, float tolerance) =>
        Enumerable.Range(0, expected.Length).Count(i => Near(expected[i], actual[i], tolerance)).ShouldBeGreaterThanOrEqualTo((int)(Share * expected.Length));

    private static bool Near(float a, float b, float tolerance) => a == b || Math.Abs(a - b) <= tolerance;
}
