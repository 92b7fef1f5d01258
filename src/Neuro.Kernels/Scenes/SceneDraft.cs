using System.Numerics;
using Neuro.Kernels.Labels;
using Neuro.Kernels.Recipes;
using Neuro.Kernels.Rendering;

namespace Neuro.Kernels.Scenes;

/// <summary>A scene while things are put into it.</summary>
internal sealed class SceneDraft(Camera camera, int height)
{
    private readonly List<Primitive> primitives = [];
    private readonly List<SceneInstance> instances = [];
    private readonly List<SceneGap> gaps = [];
    private readonly List<ScenePriceTag> priceTags = [];

    public Camera Camera => camera;

    public SceneTextures Textures { get; } = new();

    public IReadOnlyList<SceneInstance> Instances => instances;

    public IReadOnlyList<SceneGap> Gaps => gaps;

    public IReadOnlyList<ScenePriceTag> PriceTags => priceTags;

    public Primitive[] Primitives => [.. primitives];

    /// <summary>How many pixels a metre at this place takes in the picture.</summary>
    public double PixelsPerMetre(Vector3 place)
    {
        var (x, y, z) = ((double)place.X - camera.Origin.X, (double)place.Y - camera.Origin.Y, (double)place.Z - camera.Origin.Z);
        var depth = (x * camera.Forward.X) + (y * camera.Forward.Y) + (z * camera.Forward.Z);
        return height / (2.0 * camera.TanHalfFov) / Math.Max(depth, 0.05);
    }

    /// <summary>Metres along the optical axis to what is nearest of the labelled products; 1 without any.</summary>
    public double NearestProduct()
    {
        var nearest = double.PositiveInfinity;
        foreach (var solid in primitives)
        {
            if (solid.Id != 0)
            {
                var bounds = Bounds.Of(in solid);
                var (centre, half) = (bounds.Centre - camera.Origin, (bounds.Max - bounds.Min) * 0.5f);
                var depth = (centre.X * camera.Forward.X) + (centre.Y * camera.Forward.Y) + (centre.Z * camera.Forward.Z);
                nearest = Math.Min(nearest, depth - (half.X * Math.Abs(camera.Forward.X)) - (half.Y * Math.Abs(camera.Forward.Y)) - (half.Z * Math.Abs(camera.Forward.Z)));
            }
        }

        return double.IsFinite(nearest) ? Math.Max(nearest, 0.1) : 1;
    }

    /// <summary>Adds what carries no label, a smooth surface of its own.</summary>
    public void Add(Primitive solid) => primitives.Add(solid with { Key = NextKey() });

    /// <summary>Adds an upright box between these planes, of one colour (linear).</summary>
    public void AddBlock(double left, double right, double bottom, double top, double back, double front, Vector3 colour, float gloss = 0) => Add(Coloured(
        Solids.Box(Placing.Upright(Middle(left, right, bottom, top, back, front), 0), (float)(right - left), (float)(top - bottom), (float)(front - back)), colour, gloss));

    /// <summary>Adds the parts of a model; with <paramref name="label"/> they are a product.</summary>
    public void Add(IReadOnlyList<Primitive> model, Func<int, SceneInstance>? label)
    {
        var key = NextKey();
        var id = label is null ? 0 : instances.Count + 1;
        if (label is not null)
        {
            instances.Add(label(id) with { FirstPrimitive = primitives.Count, PrimitiveCount = model.Count });
        }

        foreach (var part in model)
        {
            primitives.Add(part with { Id = id, Key = key + (8 * part.Key) });
        }
    }

    public void Add(SceneGap gap) => gaps.Add(gap);

    public void Add(ScenePriceTag tag) => priceTags.Add(tag);

    public static Vector3 Middle(double left, double right, double bottom, double top, double back, double front) =>
        new((float)((left + right) / 2), (float)((bottom + top) / 2), (float)((back + front) / 2));

    /// <summary>A primitive without a picture, in one linear colour.</summary>
    public static Primitive Coloured(Primitive solid, Vector3 colour, float gloss = 0) => solid with
    {
        SideRed = colour.X,
        SideGreen = colour.Y,
        SideBlue = colour.Z,
        TopRed = colour.X,
        TopGreen = colour.Y,
        TopBlue = colour.Z,
        Gloss = gloss,
    };

    // 64 surfaces of 8 faces for each thing.
    private int NextKey() => 512 * (primitives.Count + 1);
}
