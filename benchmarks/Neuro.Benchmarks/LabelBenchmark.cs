using System.Diagnostics;
using System.Globalization;
using Neuro.Kernels.Compute;
using Neuro.Kernels.Labels;
using Neuro.Kernels.Recipes;
using Neuro.Kernels.Rendering;
using Neuro.Kernels.Scenes;

namespace Neuro.Benchmarks;

/// <summary>The verb <c>labels</c>: time for all labels of a shelf with many products, silhouettes included, as a share of the time for its picture.</summary>
internal static class LabelBenchmark
{
    private const int Rounds = 20;

    public static int Run(string[] args)
    {
        var objects = 300;
        if (args is not ([] or ["--objects", _]) || (args.Length == 2 && (!int.TryParse(args[1], CultureInfo.InvariantCulture, out objects) || objects is < 4 or > 900)))
        {
            Console.Error.WriteLine($"'{string.Join(' ', args)}' is not understood. Usage: labels [--objects 300], 4 to 900");
            return 2;
        }

        var catalogue = Catalogue.Load(Path.Combine(Root.Folder, "datasets", "corner-shop"));
        var scene = SceneBuilder.Build(Recipe(catalogue, objects), catalogue, 1, 0);
        var bare = Without(scene);
        using var backend = RenderBackends.Create();
        var frame = new Frame(scene.Width, scene.Height, FrameMaps.Parts);
        Times(backend, scene, bare, frame, 3);
        var (picture, silhouettes, pass) = Times(backend, scene, bare, frame, Rounds);
        var labels = LabelPass.Run(scene, Rendered(backend, scene, frame));
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"labels backend={backend.Name} objects={scene.Instances.Count} visible={labels.Instances.Count} render_ms={picture:0.00} silhouettes_ms={silhouettes:0.00} pass_ms={pass:0.00} label_share={(silhouettes + pass) / picture:0.000}"));
        return 0;
    }

    private static ShelfRecipe Recipe(Catalogue catalogue, int objects)
    {
        // Rows of two layers, as square as the picture.
        var facings = Math.Clamp((int)Math.Round(Math.Sqrt(objects / 2.0 * 4)), 1, 40);
        var rows = Math.Clamp((int)Math.Round(objects / 2.0 / facings), 1, 8);
        return (ShelfRecipe.Default(catalogue) with { Samples = 4 })
            .With("rows", rows).With("row.facings", facings).With("row.depth", 2).With("row.missing", 0).With("distractors.unknown", 0).With("camera.distance", 2.4).With("camera.side", 0).With("camera.height", 0.5)
            .With("fixture.fridge", 0).With("fixture.endCap", 0);
    }

    private static Scene Without(Scene scene) => new()
    {
        Width = scene.Width,
        Height = scene.Height,
        Samples = scene.Samples,
        Seed = scene.Seed,
        Index = scene.Index,
        Camera = scene.Camera,
        Lighting = scene.Lighting,
        Photometrics = scene.Photometrics,
        Instances = scene.Instances,
        Primitives = scene.Primitives,
        Nodes = scene.Nodes,
        Texels = scene.Texels,
        WantsSilhouettes = false,
    };

    private static Frame Rendered(IRenderBackend backend, Scene scene, Frame frame)
    {
        backend.Render(scene, frame);
        return frame;
    }

    /// <summary>Milliseconds for the picture, for the silhouettes on top, and for the label pass.</summary>
    private static (double Picture, double Silhouettes, double Pass) Times(IRenderBackend backend, Scene scene, Scene bare, Frame frame, int rounds)
    {
        var (picture, both, pass) = (0.0, 0.0, 0.0);
        for (var round = 0; round < rounds; round++)
        {
            var start = Stopwatch.GetTimestamp();
            backend.Render(bare, frame);
            var drawn = Stopwatch.GetTimestamp();
            backend.Render(scene, frame);
            var covered = Stopwatch.GetTimestamp();
            LabelPass.Run(scene, frame);
            picture += Stopwatch.GetElapsedTime(start, drawn).TotalMilliseconds;
            both += Stopwatch.GetElapsedTime(drawn, covered).TotalMilliseconds;
            pass += Stopwatch.GetElapsedTime(covered).TotalMilliseconds;
        }

        return (picture / rounds, (both - picture) / rounds, pass / rounds);
    }
}
