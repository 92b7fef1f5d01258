using Neuro.Kernels.Formats;
using Neuro.Kernels.Recipes;
using Neuro.Learning.Imaging;
using Neuro.Learning.Training;

namespace Neuro.Learning.Recognition;

/// <summary>Something that rendered pictures have, and that a recogniser can be taught without to see what it is worth.</summary>
/// <param name="Name">One word.</param>
/// <param name="Without">What pictures are like without it.</param>
public sealed record Ablation(string Name, string Without)
{
    // A third of the 198 pixels that the benchmark's catalogue pictures have.
    private const int CoarseSide = 66;

    /// <summary>One for each thing that a scene was given to look real.</summary>
    public static IReadOnlyList<Ablation> All { get; } =
    [
        new("hand", "nothing holds the products") { InHand = held => held with { Hold = held.Hold with { Hand = 0 } } },
        new("lighting", "one lamp, always the same, one exposure and one white balance") { Every = Evenly, Varied = ~Variations.Light },
        new("sides", "products face the camera: no side and no top is seen") { InHand = held => held with { Hold = held.Hold with { Yaw = 0, Pitch = 0 } }, Every = Facing },
        new("blur", "all is sharp") { InHand = held => held with { Scenery = held.Scenery with { Blur = 0 } }, Varied = ~Variations.Blur },
        new("distractors", "a plain wall behind, and no cartons of other makers") { InHand = BeforeAWall, Every = recipe => recipe with { Distractors = recipe.Distractors with { Unknown = 0 } }, Varied = ~Variations.Backdrop },
        new("colour", "print in the very colours of the catalogue picture") { Every = recipe => recipe with { Colour = new() { Saturation = 1, Gamma = 1, Hue = 0, ChannelGain = 1, Gain = 1 } }, Varied = ~Variations.Colour },
        new("texture", "catalogue pictures of a third of their size") { Pictures = Coarse },
    ];

    /// <summary>Changes the recipe of products in a hand.</summary>
    internal Func<HandheldRecipe, HandheldRecipe> InHand { get; init; } = held => held;

    /// <summary>Changes every recipe.</summary>
    internal Func<Recipe, Recipe> Every { get; init; } = recipe => recipe;

    /// <summary>What is still drawn anew each time that a sample is seen.</summary>
    internal Variations Varied { get; init; } = Variations.All;

    internal Func<byte[], byte[]>? Pictures { get; init; }

    internal Recipe Of(Recipe recipe) => Every(recipe is HandheldRecipe held ? InHand(held) : recipe);

    /// <summary>The catalogue as it is to be rendered.</summary>
    public Catalogue Of(Catalogue catalogue) => Pictures is { } change ? catalogue.WithPictures(change) : catalogue;

    private static Recipe Evenly(Recipe recipe) => recipe with
    {
        Light = new() { Count = 1, Side = 0, Height = 1.3, Distance = 1.75, Size = 0.75, Intensity = 0.55, Warmth = 0, Tint = 0, Ambient = 0.8 },
        Photo = recipe.Photo with { Exposure = 1, RedGain = 1, BlueGain = 1, Gamma = 1 },
    };

    private static Recipe Facing(Recipe recipe) => recipe is HandheldRecipe ? recipe : recipe with { Camera = recipe.Camera with { Yaw = 0, Pitch = 0 } };

    private static HandheldRecipe BeforeAWall(HandheldRecipe held) => held with { Scenery = held.Scenery with { Shelf = 0, Fridge = 0, Picture = 0, Plain = 1 } };

    private static byte[] Coarse(byte[] picture)
    {
        var image = Codec.Decode(picture, "a catalogue picture");
        return Codec.Png(new(CoarseSide, CoarseSide, Resampler.Square(image, Square.Whole(image, 1), CoarseSide)));
    }
}
