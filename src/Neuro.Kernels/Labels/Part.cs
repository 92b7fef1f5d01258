namespace Neuro.Kernels.Labels;

/// <summary>What part of a product a pixel shows: the values of the parts picture.</summary>
public enum Part
{
    /// <summary>No product.</summary>
    None,
    Front,
    Back,
    Left,
    Right,
    Top,
    Bottom,

    /// <summary>The body of a round product, all around.</summary>
    Wrap,

    /// <summary>A screw cap, a crown cork, a lid.</summary>
    Cap,

    /// <summary>The slanted roof of a gable-top carton.</summary>
    Roof,

    /// <summary>Neck and shoulder of a bottle.</summary>
    Neck,

    /// <summary>The seam of a bag, pouch or gable.</summary>
    Seam,
}
