using System.Runtime.ExceptionServices;
using System.Security.Cryptography;
using System.Text;
using Neuro.Client.Api;
using Neuro.Kernels.Compute;
using Neuro.Kernels.Formats;
using Neuro.Kernels.Labels;
using Neuro.Kernels.Recipes;
using Neuro.Kernels.Rendering;
using Neuro.Kernels.Scenes;

namespace Neuro.Learning.Training;

/// <summary>How scenes are streamed to a training.</summary>
public sealed record StreamOptions
{
    /// <summary>Scenes in memory to draw samples from, once so many are rendered.</summary>
    /// <value>2,000</value>
    public int Window { get; init; } = 2000;

    /// <summary>Scenes that are there before the first step.</summary>
    /// <value>300</value>
    public int Start { get; init; } = 300;

    /// <summary>How often a scene is drawn, on the average, while it is there; differently augmented each time.</summary>
    /// <value>4</value>
    public double Reuse { get; init; } = 4;

    /// <summary>Samples between two checkpoints.</summary>
    /// <value>8,192</value>
    public int SamplesPerEpoch { get; init; } = 8192;

    /// <summary>Scenes of other numbers, to measure the training by.</summary>
    /// <value>300</value>
    public int ValidationScenes { get; init; } = 300;

    /// <summary>Side of the stored crops as a multiple of the model's input: more keeps close framings sharp.</summary>
    /// <value>1.75</value>
    public double Oversize { get; init; } = 1.75;

    /// <summary>Which products become samples.</summary>
    public CropLimits Limits { get; init; } = new();

    /// <summary>What is drawn anew each time that a sample is seen.</summary>
    /// <value>All of it.</value>
    public Variations Vary { get; init; } = Variations.All;

    /// <summary>Threads that render, 0 for one per core.</summary>
    /// <value>0</value>
    public int Threads { get; init; }
}

/// <summary>Samples straight from the renderer: the next scenes are made while a network learns from those before, and nothing is written to a disk.</summary>
/// <remarks>
/// At each step a window of scenes is in memory, and moves on. Which scenes those are, and which products of them a step sees, follows from seed and step alone,
/// so the speed of the renderer changes nothing, and a training that is resumed sees what it would have seen.
/// </remarks>
public sealed class SceneStream : CropData, IDisposable
{
    // Validation scenes are far from all that training can reach.
    private const int FirstValidation = 1 << 30;
    private const int Ahead = 64;

    private readonly Catalogue catalogue;
    private readonly IReadOnlyList<(Recipe Recipe, double Share)> mix;
    private readonly StreamOptions options;
    private readonly ulong seed;
    private readonly IRenderBackend backend = RenderBackends.Create();
    private readonly Lazy<IReadOnlyList<Crop>> validation;
    private readonly ThreadLocal<Dictionary<(int Width, int Height), Frame>> frames = new(() => []);
    private readonly object gate = new();
    private readonly Rendered?[] ring;
    private Thread[] threads = [];
    private Exception? failure;
    private bool stopped;
    private long kept;
    private long wanted;
    private long next;

    private sealed record Rendered(long Scene, IReadOnlyList<Crop> Crops, byte[]? Backdrop);

    /// <param name="catalogue">The products; the classes are its.</param>
    /// <param name="mix">Recipes, and how often each is drawn relative to the others.</param>
    /// <param name="size">Side in pixels of the model's input.</param>
    /// <param name="seed">Of the scenes.</param>
    /// <param name="options">Window, reuse, epochs.</param>
    /// <exception cref="NeuroException"><c>training.out_of_range</c>, <c>training.no_recipes</c>.</exception>
    public SceneStream(Catalogue catalogue, IReadOnlyList<(Recipe Recipe, double Share)> mix, int size, ulong seed, StreamOptions? options = null)
    {
        (this.catalogue, this.mix, this.seed, this.options, Size) = (catalogue, mix, seed, options ?? new(), size);
        Check(mix, this.options);
        ClassNames = DatasetRenderer.ClassNames(catalogue);
        Side = (int)Math.Ceiling(size * this.options.Oversize);
        ring = new Rendered?[this.options.Window + Ahead];
        validation = new(() => [.. Enumerable.Range(FirstValidation, this.options.ValidationScenes).AsParallel().AsOrdered().SelectMany(scene => Render(scene).Crops)]);
        var parts = mix.Select(part => FormattableString.Invariant($"{part.Recipe.Hash} {part.Share}")).Append($"{catalogue.Hash} {seed} {size} {this.options with { Threads = 0 }}");
        Hash = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(string.Join('\n', parts))));
    }

    public override IReadOnlyList<string> ClassNames { get; }

    public override int Size { get; }

    public override string Hash { get; }

    /// <summary>Scenes rendered so far.</summary>
    public long Scenes => Interlocked.Read(ref next);

    public override IReadOnlyList<string> Recipes => [.. mix.Select(part => part.Recipe.Hash).Distinct().Order(StringComparer.Ordinal)];

    internal override int PerEpoch => options.SamplesPerEpoch;

    internal override IReadOnlyList<Crop> Held => validation.Value;

    internal override int Side { get; }

    internal override Variations Varied => options.Vary;

    internal override IEnumerable<Draw> Draws(TrainingOptions training, int epoch)
    {
        var steps = BatchesPerEpoch(training);
        for (var i = 0; i < steps; i++)
        {
            var step = ((long)epoch * steps) + i;
            var end = options.Start + (long)(step * training.BatchSize / options.Reuse);
            var window = Await(Math.Max(0, end - options.Window), end);
            var backdrops = window.Where(scene => scene.Backdrop is not null).Select(scene => scene.Backdrop!).ToList();
            var batch = i;
            yield return new([.. Enumerable.Range(0, training.BatchSize).Select(one => Pick(window, step, (batch * training.BatchSize) + one))], backdrops);
        }
    }

    public void Dispose()
    {
        lock (gate)
        {
            stopped = true;
            Monitor.PulseAll(gate);
        }

        Array.ForEach(threads, thread => thread.Join());
        frames.Dispose();
        backend.Dispose();
    }

    private static void Check(IReadOnlyList<(Recipe Recipe, double Share)> mix, StreamOptions options)
    {
        if (mix.Count == 0 || mix.Any(part => !(part.Share > 0 && double.IsFinite(part.Share))))
        {
            throw new NeuroException("training.no_recipes", "A stream needs one recipe or more, each with a share above 0.");
        }

        Trainer.InRange("window", options.Window, 1, 1_000_000);
        Trainer.InRange("start", options.Start, 1, options.Window);
        Trainer.InRange("reuse", options.Reuse, 0.01, 1_000_000);
        Trainer.InRange("samplesPerEpoch", options.SamplesPerEpoch, 2, 100_000_000);
        Trainer.InRange("validationScenes", options.ValidationScenes, 0, 1_000_000);
        Trainer.InRange("oversize", options.Oversize, 1, 8);
        Trainer.InRange("threads", options.Threads, 0, 1024);
    }

    private (Crop Crop, ulong Number) Pick(Rendered[] window, long step, int number)
    {
        var random = SplitMix.For(seed, (ulong)step, (ulong)number);
        var at = random.Below(window.Length);
        for (var tried = 0; tried < window.Length; tried++, at = (at + 1) % window.Length)
        {
            if (window[at].Crops is { Count: > 0 } crops)
            {
                return (crops[random.Below(crops.Count)], (ulong)number);
            }
        }

        throw new NeuroException("training.empty", $"None of {window.Length} scenes shows a product that is visible and large enough. Lower the limits on visibility and side, or render larger pictures.");
    }

    /// <summary>The scenes from <paramref name="first"/> to before <paramref name="end"/>, when they are rendered.</summary>
    private Rendered[] Await(long first, long end)
    {
        lock (gate)
        {
            if (threads.Length == 0 || first < kept)
            {
                // Begun anew, or somewhere in the middle.
                next = first;
            }

            (kept, wanted) = (first, end);
            next = Math.Max(next, first);
            Start();
            Monitor.PulseAll(gate);
            for (var scene = first; scene < end && failure is null && !stopped;)
            {
                if (ring[scene % ring.Length]?.Scene == scene)
                {
                    scene++;
                }
                else
                {
                    Monitor.Wait(gate);
                }
            }

            if (failure is not null)
            {
                ExceptionDispatchInfo.Throw(failure);
            }

            ObjectDisposedException.ThrowIf(stopped, this);
            return [.. Enumerable.Range(0, (int)(end - first)).Select(offset => ring[(first + offset) % ring.Length]!)];
        }
    }

    private void Start()
    {
        if (threads.Length == 0)
        {
            threads = [.. Enumerable.Range(0, options.Threads > 0 ? options.Threads : Environment.ProcessorCount).Select(i => new Thread(Work) { IsBackground = true, Name = $"scenes {i}" })];
            Array.ForEach(threads, thread => thread.Start());
        }
    }

    private void Work()
    {
        try
        {
            while (Take() is { } scene)
            {
                var rendered = Render(scene);
                lock (gate)
                {
                    if (scene >= kept && scene < kept + ring.Length)
                    {
                        ring[scene % ring.Length] = rendered;
                    }

                    Monitor.PulseAll(gate);
                }
            }
        }
        catch (Exception broke)
        {
            lock (gate)
            {
                failure = broke;
                Monitor.PulseAll(gate);
            }
        }
    }

    private long? Take()
    {
        lock (gate)
        {
            while (!stopped && failure is null && next >= Math.Min(wanted + Ahead, kept + ring.Length))
            {
                Monitor.Wait(gate);
            }

            return stopped || failure is not null ? null : next++;
        }
    }

    private Rendered Render(long scene)
    {
        var recipe = Choose(scene);
        var built = SceneBuilder.Build(recipe, catalogue, seed, (int)scene);
        if (!frames.Value!.TryGetValue((recipe.Width, recipe.Height), out var frame))
        {
            frames.Value.Add((recipe.Width, recipe.Height), frame = new Frame(recipe.Width, recipe.Height));
        }

        backend.Render(built, frame);
        var (labels, picture) = (LabelPass.Run(built, frame), new Image(frame.Width, frame.Height, frame.Rgb));
        var crops = labels.Instances.Where(instance => CropSet.IsTaken(instance, options.Limits)).Select(instance => CropCutter.Cut(picture, instance, (int)scene, Side)).ToList();
        built.Recycle();
        return new(scene, crops, recipe is ShelfRecipe ? Crop.Backdrop(picture, Side) : null);
    }

    private Recipe Choose(long scene)
    {
        var left = SplitMix.For(seed, (ulong)scene).Uniform(0, 1) * mix.Sum(part => part.Share);
        foreach (var (recipe, share) in mix)
        {
            left -= share;
            if (left < 0)
            {
                return recipe;
            }
        }

        return mix[^1].Recipe;
    }
}
