using Neuro.Kernels.Rendering;

namespace Neuro.Kernels.Scenes.Models;

/// <summary>A primitive of a model in the model's own axes (x right, y up, z out of the front; origin in the middle of its box; metres), and what covers it.</summary>
/// <param name="Solid">Its <see cref="Primitive.Key"/> is the number of the smooth surface it belongs to within the model, 0 to 63.</param>
/// <param name="Ink">What it is printed or made of.</param>
internal readonly record struct ModelPart(Primitive Solid, Ink Ink);

/// <summary>What covers a part of a model.</summary>
internal enum Ink
{
    /// <summary>A box: each face its own picture.</summary>
    Faces,

    /// <summary>The picture of one face, placed by the primitive's own picture coordinates.</summary>
    Front,
    Back,
    Left,
    Right,
    Top,
    Bottom,
    Wrap,

    /// <summary>The half of a slanted top that is behind its cap: as <see cref="Top"/>, or in the top's colour where that is known.</summary>
    BackOfTop,

    /// <summary>Plastic of a screw cap.</summary>
    Cap,

    /// <summary>Bare metal: rims and lids of cans and jars.</summary>
    Metal,

    /// <summary>Plastic of a tub's lid.</summary>
    Lid,

    /// <summary>The front's own edge colour: seams, fins, folded ends.</summary>
    Seam,

    /// <summary>Glass or clear plastic in the product's tint.</summary>
    Glass,

    /// <summary>What is seen through the glass.</summary>
    Contents,

    /// <summary>Of a hand.</summary>
    Skin,

    /// <summary>A finger's nail, a little lighter than the skin.</summary>
    Nail,

    /// <summary>Cloth over a forearm.</summary>
    Sleeve,
}
